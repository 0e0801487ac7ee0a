package io.tocsin.schema.identity;

import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.CredentialsFile;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * A sensor's Ed25519 key, as its file of credentials holds it.
 *
 * @param privateKey is never printed
 */
public record SensorKeyPair(PrivateKey privateKey, PublicKey publicKey) {

  /** Key of the private part: PKCS #8, DER, base 64. */
  static final String PRIVATE = "tocsin.signing.private-key";

  /** Key of the public part: X.509 SubjectPublicKeyInfo, DER, base 64. */
  static final String PUBLIC = "tocsin.signing.public-key";

  /** A new one. */
  public static SensorKeyPair generate() {
    try {
      var pair = KeyPairGenerator.getInstance(RecordSignature.ALGORITHM).generateKeyPair();
      return new SensorKeyPair(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK since 15 has Ed25519", e);
    }
  }

  /**
   * The key in a file of credentials; empty where it has none.
   *
   * @throws CredentialsException if it has one that cannot be read
   */
  public static Optional<SensorKeyPair> of(CredentialsFile file) {
    Optional<String> privateKey = file.value(PRIVATE);
    Optional<String> publicKey = file.value(PUBLIC);
    if (privateKey.isEmpty() && publicKey.isEmpty()) {
      return Optional.empty();
    }
    try {
      SensorKeyPair pair =
          new SensorKeyPair(
              KeyFactory.getInstance(RecordSignature.ALGORITHM)
                  .generatePrivate(new PKCS8EncodedKeySpec(decoded(privateKey))),
              publicKey(decoded(publicKey)));
      if (!pair.fits()) {
        throw new GeneralSecurityException("the two parts are of different keys");
      }
      return Optional.of(pair);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new CredentialsException(
          "credentials "
              + file.path()
              + ": "
              + PRIVATE
              + " and "
              + PUBLIC
              + " are no Ed25519 key; get a new file (./tocsin fleet add --renew)");
    }
  }

  private static byte[] decoded(Optional<String> text) {
    return Base64.getDecoder().decode(text.orElse(""));
  }

  /**
   * @param encoded X.509 SubjectPublicKeyInfo, DER
   * @throws GeneralSecurityException if it is no Ed25519 key
   */
  static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(RecordSignature.ALGORITHM)
        .generatePublic(new X509EncodedKeySpec(encoded));
  }

  private boolean fits() {
    SensorSigner signer = new SensorSigner(this);
    byte[] some = {1};
    return SignatureCheck.fits(
        publicKey, signer.sign("t", some, some), RecordSignature.message("t", some, some));
  }

  /** The lines of a file of credentials. */
  public Map<String, String> settings() {
    Base64.Encoder encoder = Base64.getEncoder();
    return Map.of(
        PRIVATE, encoder.encodeToString(privateKey.getEncoded()),
        PUBLIC, encoder.encodeToString(publicKey.getEncoded()));
  }

  /** The public part alone. */
  @Override
  public String toString() {
    return "SensorKeyPair[" + KeyId.of(publicKey) + "]";
  }
}
