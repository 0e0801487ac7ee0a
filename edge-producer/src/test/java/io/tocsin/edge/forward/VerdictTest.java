package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void onlyWhatARecordIsToBlameForSetsItAside() {
    assertThat(Verdict.of(new RecordTooLargeException("x"))).isEqualTo(Verdict.REFUSED);
    assertThat(Verdict.of(new SerializationException("x"))).isEqualTo(Verdict.REFUSED);
    assertThat(Verdict.of(new CompletionException(new RecordTooLargeException("x"))))
        .isEqualTo(Verdict.REFUSED);
  }

  @Test
  void whatIsWrongForEveryRecordLetsThemWait() {
    assertThat(Verdict.of(new TimeoutException("x"))).isEqualTo(Verdict.TRY_AGAIN);
    assertThat(Verdict.of(new SaslAuthenticationException("x"))).isEqualTo(Verdict.TRY_AGAIN);
    assertThat(Verdict.of(new SslAuthenticationException("x"))).isEqualTo(Verdict.TRY_AGAIN);
    assertThat(Verdict.of(new TopicAuthorizationException("x"))).isEqualTo(Verdict.TRY_AGAIN);
    assertThat(
            Verdict.of(
                new SerializationException("x", new RestClientException("no subject", 404, 40401))))
        .isEqualTo(Verdict.TRY_AGAIN);
    assertThat(Verdict.of(new KafkaException("x"))).isEqualTo(Verdict.UNKNOWN);
  }
}
