package io.tocsin.edge.forward;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;

/** What a failure to send says about the record. */
enum Verdict {
  /** Nothing: the same record may get through later. */
  TRY_AGAIN,
  /** Nothing that is known; the connection may be beyond recovery. */
  UNKNOWN,
  /** It will not get through as it is. */
  REFUSED;

  static Verdict of(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof SerializationException) {
      // A registry that lacks the schema, or is ill, says nothing about this record.
      return cause.getCause() instanceof RestClientException ? TRY_AGAIN : REFUSED;
    }
    if (cause instanceof RecordTooLargeException
        || cause instanceof RecordBatchTooLargeException
        || cause instanceof InvalidTimestampException
        || cause instanceof InvalidRecordException
        || cause instanceof UnsupportedForMessageFormatException) {
      return REFUSED;
    }
    // Wrong credentials, and rights that nobody gave, are wrong for every record; they wait until
    // somebody sets them right.
    return cause instanceof RetriableException
            || cause instanceof AuthenticationException
            || cause instanceof AuthorizationException
        ? TRY_AGAIN
        : UNKNOWN;
  }
}
