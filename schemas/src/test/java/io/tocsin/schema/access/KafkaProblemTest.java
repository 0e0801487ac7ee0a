package io.tocsin.schema.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaProblemTest {

  private static final KafkaProblem PROBLEM =
      new KafkaProblem("k:9093", "User:sensor-gate-3", null);

  @Test
  void aMissingRightNamesPrincipalTopicAndWayOut() {
    assertThat(
            PROBLEM.explain(
                new ExecutionException(new TopicAuthorizationException(Set.of("tocsin.x.v1")))))
        .startsWith("User:sensor-gate-3 may not use topic tocsin.x.v1 on k:9093; ")
        .contains("./tocsin fleet add");
    assertThat(PROBLEM.explain(GroupAuthorizationException.forGroupId("g")))
        .startsWith("User:sensor-gate-3 may not use consumer group g on k:9093; ");
    assertThat(PROBLEM.explain(new ClusterAuthorizationException("Cluster authorization failed.")))
        .startsWith("User:sensor-gate-3 may write no topic on k:9093; ");
  }

  @Test
  void aWrongPasswordIsTold() {
    assertThat(PROBLEM.explain(new SaslAuthenticationException("invalid credentials")))
        .startsWith("k:9093 does not know User:sensor-gate-3 by this password")
        .contains("--renew");
  }

  @Test
  void eachTroubleWithCertificatesHasItsOwnWords() {
    assertThat(tls(new CertificateExpiredException("NotAfter: Sun")))
        .isEqualTo(
            "k:9093: the server's certificate has expired (NotAfter: Sun); renew it there, or set"
                + " this machine's clock right");
    assertThat(tls(new java.security.cert.CertPathBuilderException("unable to find")))
        .contains("is of none of the authorities in ssl.truststore");
    assertThat(tls(new CertificateException("No subject alternative names matching IP address")))
        .contains("is for another host");
    assertThat(
            new KafkaProblem("k:9093", "User:gate-3", Instant.parse("2020-01-01T00:00:00Z"))
                .explain(ssl("Received fatal alert: certificate_unknown")))
        .contains(
            "this client's certificate has expired (it was valid until 2020-01-01T00:00:00Z)");
    assertThat(PROBLEM.explain(ssl("Received fatal alert: bad_certificate")))
        .contains("does not take this client's certificate");
    assertThat(PROBLEM.explain(ssl("Unsupported or unrecognized SSL message")))
        .contains("no TLS is spoken there");
  }

  @Test
  void whatIsNoQuestionOfAccessIsSaidInALine() {
    assertThat(PROBLEM.explain(new TimeoutException("no\nanswer"))).endsWith(": no answer");
    assertThat(PROBLEM.explain(ssl("something else"))).contains("something else");
  }

  private static String tls(Exception cause) {
    return PROBLEM.explain(
        new SslAuthenticationException("SSL handshake failed", wrapped("failed", cause)));
  }

  private static SslAuthenticationException ssl(String message) {
    return new SslAuthenticationException(
        "SSL handshake failed", new SSLHandshakeException(message));
  }

  private static SSLHandshakeException wrapped(String message, Exception cause) {
    SSLHandshakeException handshake = new SSLHandshakeException(message);
    handshake.initCause(new CertPathValidatorException(message, cause));
    return handshake;
  }
}
