package io.tocsin.stack.security;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tocsin.stack.StackException;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A stack's own authority for certificates, made by the JDK's keytool at first need. Its key and
 * those of the certificates that it signs lie in one PKCS #12 store whose password is beside it,
 * both for their owner alone: who may read the folder holds the stack.
 */
public final class CertificateAuthority {

  private static final String STORE = "authority.p12";
  private static final String PASSWORD_FILE = "authority-password";
  private static final String AUTHORITY = "authority";
  private static final String PASSWORD_VARIABLE = "TOCSIN_STORE_PASSWORD";
  private static final int AUTHORITY_DAYS = 3650;
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final Path store;

  private CertificateAuthority(Path folder) {
    this.folder = folder;
    this.store = folder.resolve(STORE);
  }

  /**
   * The authority of that folder, made where there is none.
   *
   * @param name of the stack, for the certificate
   */
  public static CertificateAuthority open(Path folder, String name) throws InterruptedException {
    CertificateAuthority authority = new CertificateAuthority(PrivateFiles.folder(folder));
    if (!Files.exists(authority.store)) {
      PrivateFiles.write(folder.resolve(PASSWORD_FILE), Secret.random());
      authority.generate(
          AUTHORITY,
          "CN=Tocsin stack " + name + ", O=Tocsin",
          Instant.now().minus(Duration.ofMinutes(5)),
          AUTHORITY_DAYS,
          List.of("-ext", "bc:c=ca:true,pathlen:0", "-ext", "ku:c=keyCertSign,cRLSign"));
    }
    return authority;
  }

  /** Its certificate, PEM. */
  public String certificate() {
    return pem(chain(AUTHORITY).get(0));
  }

  /**
   * Signs a certificate for a new key, unless there is one of that name that lasts a month yet.
   *
   * @param name for the file {@code NAME.pem} and the certificate's CN
   * @param alternativeNames such as {@code ip:127.0.0.1}, for whom it also is; may be empty
   * @return a file with the key, unencrypted, and its certificates, PEM, mode 600
   */
  public Path keyAndCertificate(
      String name, List<String> alternativeNames, Instant from, int validDays)
      throws InterruptedException {
    Path file = folder.resolve(name + ".pem");
    if (Files.exists(file)
        && chain(name).get(0).getNotAfter().toInstant().isAfter(Instant.now().plus(RENEW_BEFORE))) {
      return file;
    }
    if (entries().containsKey(name)) {
      keytool(List.of("-delete", "-alias", name));
    }
    List<String> extensions =
        new ArrayList<>(
            List.of(
                "-signer",
                AUTHORITY,
                "-ext",
                "eku=serverAuth,clientAuth",
                "-ext",
                "ku:c=digitalSignature"));
    if (!alternativeNames.isEmpty()) {
      extensions.addAll(List.of("-ext", "san=" + String.join(",", alternativeNames)));
    }
    generate(name, "CN=" + name + ", O=Tocsin", from, validDays, extensions);
    return PrivateFiles.write(
        file,
        pem(key(name))
            + String.join("", chain(name).stream().map(CertificateAuthority::pem).toList()));
  }

  private void generate(
      String alias, String subject, Instant from, int validDays, List<String> further)
      throws InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-dname",
                subject,
                "-startdate",
                START.format(from),
                "-validity",
                Integer.toString(validDays)));
    arguments.addAll(further);
    keytool(arguments);
    try {
      Files.setPosixFilePermissions(
          store, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new StackException(store + " cannot be kept from others: " + e, e);
    }
  }

  private void keytool(List<String> arguments) throws InterruptedException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>();
    command.add(tool.toString());
    command.add("-J-Duser.timezone=UTC");
    command.addAll(arguments);
    // From the environment: lists of processes show arguments to everyone.
    command.addAll(
        List.of(
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass:env",
            PASSWORD_VARIABLE));
    ShortCommand.Outcome outcome =
        ShortCommand.run(command, Map.of(PASSWORD_VARIABLE, new String(password())));
    if (!outcome.succeeded()) {
      throw new StackException(
          "certificates cannot be made: %s ended with %d and said: %s"
              .formatted(tool, outcome.exitCode(), outcome.output()));
    }
  }

  private char[] password() {
    try {
      return Files.readString(folder.resolve(PASSWORD_FILE)).strip().toCharArray();
    } catch (IOException e) {
      throw new StackException(
          "%s cannot be read (%s); --fresh makes a new authority"
              .formatted(folder.resolve(PASSWORD_FILE), e),
          e);
    }
  }

  private KeyStore read() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password());
    }
    return keys;
  }

  private Map<String, List<X509Certificate>> entries() {
    try {
      KeyStore keys = read();
      Map<String, List<X509Certificate>> entries = new java.util.TreeMap<>();
      for (String alias : java.util.Collections.list(keys.aliases())) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : keys.getCertificateChain(alias)) {
          chain.add((X509Certificate) certificate);
        }
        entries.put(alias, chain);
      }
      return entries;
    } catch (GeneralSecurityException | IOException e) {
      throw unreadable(e);
    }
  }

  private List<X509Certificate> chain(String alias) {
    List<X509Certificate> chain = entries().get(alias);
    if (chain == null) {
      throw new StackException(store + " lacks " + alias + "; --fresh makes a new authority");
    }
    return chain;
  }

  private Key key(String alias) {
    try {
      return read().getKey(alias, password());
    } catch (GeneralSecurityException | IOException e) {
      throw unreadable(e);
    }
  }

  private StackException unreadable(Exception e) {
    return new StackException(
        "%s cannot be read (%s); --fresh makes a new authority".formatted(store, e), e);
  }

  private static String pem(Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read has no encoding", e);
    }
  }

  private static String pem(Key key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            what, Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der), what);
  }
}
