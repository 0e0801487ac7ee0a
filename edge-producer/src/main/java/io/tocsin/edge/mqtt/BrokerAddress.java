package io.tocsin.edge.mqtt;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Where an MQTT broker is: {@code mqtt://HOST:PORT} or, with TLS, {@code mqtts://HOST:PORT}. */
public record BrokerAddress(String host, int port, boolean tls) {

  private static final int PLAIN = 1883;
  private static final int SECURE = 8883;

  /** Whether something looks like one. */
  public static boolean isOne(String text) {
    return text.startsWith("mqtt://") || text.startsWith("mqtts://");
  }

  /**
   * @throws IllegalArgumentException saying what is allowed; without the address, which may hold a
   *     password
   */
  public static BrokerAddress of(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "a broker's address holds no name or password; say --mqtt-user, and the password in"
                + " --mqtt-password-file or TOCSIN_MQTT_PASSWORD");
      }
      boolean tls = "mqtts".equals(uri.getScheme());
      if (uri.getHost() != null && (uri.getPath() == null || uri.getPath().length() <= 1)) {
        return new BrokerAddress(
            uri.getHost(), uri.getPort() >= 0 ? uri.getPort() : tls ? SECURE : PLAIN, tls);
      }
    } catch (URISyntaxException e) {
      // Its message would hold the address.
    }
    throw new IllegalArgumentException(
        "a broker's address is mqtt://HOST:PORT or mqtts://HOST:PORT");
  }

  /**
   * How its certificate is judged: by the JDK's authorities or by given ones.
   *
   * @param authorities certificates, PEM
   * @throws IOException if they cannot be read
   */
  static MqttClientSslConfig trusting(@Nullable Path authorities) throws IOException {
    var builder = MqttClientSslConfig.builder();
    if (authorities == null) {
      return builder.build();
    }
    try (InputStream in = Files.newInputStream(authorities)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, c);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return builder.trustManagerFactory(trust).build();
    } catch (GeneralSecurityException e) {
      throw new IOException(authorities + " holds no certificates in PEM: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return (tls ? "mqtts://" : "mqtt://") + host + ":" + port;
  }
}
