package io.tocsin.schema.access;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * Says in one line why Kafka does not let a client in, and the way out.
 *
 * @param servers as the client was told
 * @param principal whom Kafka takes the client for, such as {@code User:gate-3}
 * @param certificateUntil until when the client's own certificate is valid; null where it has none
 */
public record KafkaProblem(String servers, String principal, @Nullable Instant certificateUntil) {

  /** For clients with or without a credentials file. */
  public static KafkaProblem of(String servers, Optional<CredentialsFile> credentials) {
    return new KafkaProblem(
        servers,
        credentials.flatMap(CredentialsFile::principal).orElse("User:ANONYMOUS"),
        credentials
            .flatMap(CredentialsFile::certificate)
            .map(certificate -> certificate.getNotAfter().toInstant())
            .orElse(null));
  }

  /** The failure in one line; what is not about access comes as the failure itself says it. */
  public String explain(Throwable failure) {
    List<Throwable> causes = causes(failure);
    for (Throwable cause : causes) {
      if (cause instanceof TopicAuthorizationException topics) {
        return mayNot("topic " + String.join(", ", topics.unauthorizedTopics()));
      }
      if (cause instanceof GroupAuthorizationException group) {
        return mayNot("consumer group " + group.groupId());
      }
      if (cause instanceof ClusterAuthorizationException) {
        // What Kafka says of a producer that may write nothing at all.
        return principal + " may write no topic on " + servers + grant();
      }
      if (cause instanceof SaslAuthenticationException) {
        return servers
            + " does not know "
            + principal
            + " by this password ("
            + cause.getMessage()
            + "); get a new file of credentials (./tocsin fleet add --renew), or see whether it was"
            + " revoked (./tocsin fleet list)";
      }
    }
    for (Throwable cause : causes) {
      Optional<String> tls = tls(cause);
      if (tls.isPresent()) {
        return servers + ": " + tls.get();
      }
    }
    Throwable outer = causes.get(0);
    return outer instanceof SslAuthenticationException
        ? servers + ": TLS fails (" + innermost(causes) + ")"
        : oneLine(outer);
  }

  private String mayNot(String what) {
    return principal + " may not use " + what + " on " + servers + grant();
  }

  private static String grant() {
    return "; let its administrator grant it (./tocsin fleet add prints the commands with --print),"
        + " or use other credentials";
  }

  private Optional<String> tls(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    if (cause instanceof CertificateExpiredException) {
      return Optional.of(
          "the server's certificate has expired ("
              + said
              + "); renew it there, or set this machine's clock right");
    }
    if (cause instanceof CertificateNotYetValidException) {
      return Optional.of(
          "the server's certificate is not valid yet ("
              + said
              + "); is this machine's clock right?");
    }
    if (cause instanceof CertPathBuilderException) {
      return Optional.of(
          "the server's certificate is of none of the authorities in ssl.truststore; is it the right"
              + " server? if so, take its authority's certificate into the credentials");
    }
    if (cause instanceof CertificateException
        && (said.contains("subject alternative") || said.contains("No name matching"))) {
      return Optional.of(
          "the server's certificate is for another host ("
              + said
              + "); use the name that the certificate bears");
    }
    if (!(cause instanceof SSLException)) {
      return Optional.empty();
    }
    if (said.contains("certificate_required")
        || said.contains("certificate_expired")
        || said.contains("bad_certificate")
        || said.contains("certificate_unknown")
        || said.contains("unknown_ca")) {
      // Java's servers do not say that a certificate has expired, only that they do not like it.
      return Optional.of(
          certificateUntil != null && certificateUntil.isBefore(Instant.now())
              ? "this client's certificate has expired (it was valid until "
                  + certificateUntil
                  + "); get a new one into ssl.keystore"
              : "the server does not take this client's certificate ("
                  + said
                  + "); it wants one of its own authority in ssl.keystore");
    }
    return said.contains("Unsupported or unrecognized SSL message")
        ? Optional.of("no TLS is spoken there; is the port right, or security.protocol?")
        : Optional.empty();
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure; cause != null && causes.size() < 32; cause = cause.getCause()) {
      boolean wrapper = cause instanceof CompletionException || cause instanceof ExecutionException;
      if (!wrapper || cause.getCause() == null) {
        causes.add(cause);
      }
    }
    return causes;
  }

  private static String innermost(List<Throwable> causes) {
    return oneLine(causes.get(causes.size() - 1));
  }

  private static String oneLine(Throwable failure) {
    return failure.toString().replaceAll("\\s+", " ");
  }
}
