package io.tocsin.sink.evidence;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Objects in a bucket of S3 or of a server that speaks its protocol. */
final class S3Store implements ObjectStore {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private final S3Client client;
  private final String bucket;

  private S3Store(S3Client client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /** A store that connects on first use. */
  static S3Store of(EvidenceSettings.S3Settings settings, AwsCredentialsProvider credentials) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials)
            .httpClient(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(ANSWER_WITHIN)
                    .socketTimeout(ANSWER_WITHIN)
                    .build())
            // Servers other than Amazon's do not all know the newer trailing checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint()).forcePathStyle(true);
    }
    return new S3Store(builder.build(), settings.bucket());
  }

  @Override
  public void put(String key, byte[] bytes, String contentType) {
    try {
      client.putObject(
          request -> request.bucket(bucket).key(key).contentType(contentType),
          RequestBody.fromBytes(bytes));
    } catch (SdkException e) {
      throw unavailable("written", key, e);
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    @Nullable ResponseBytes<GetObjectResponse> found;
    try {
      found = client.getObjectAsBytes(request -> request.bucket(bucket).key(key));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw unavailable("read", key, e);
    }
    return Optional.of(found.asByteArray());
  }

  @Override
  public void delete(String key) {
    try {
      client.deleteObject(request -> request.bucket(bucket).key(key));
    } catch (SdkException e) {
      throw unavailable("deleted", key, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private StoreUnavailableException unavailable(String what, String key, SdkException error) {
    return new StoreUnavailableException(
        "s3://" + bucket + "/" + key + " cannot be " + what + ": " + error.getMessage(), error);
  }
}
