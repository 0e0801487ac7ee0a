package io.tocsin.schema.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressPageTest {

  private final AtomicLong nanos = new AtomicLong();
  private final Progress first = new Progress("first", Duration.ofSeconds(90), nanos::get);
  private final Progress second = new Progress("second", Duration.ofSeconds(90), nanos::get);
  private final HttpClient client = HttpClient.newHttpClient();
  private ProgressPage page;

  @BeforeEach
  void serve() throws Exception {
    page = ProgressPage.serve(0, List.of(first, second));
  }

  @AfterEach
  void close() {
    page.close();
  }

  private HttpResponse<String> ask(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void oneThatIsStuckMakesThePageUnwellAndSaysWhyInWords() throws Exception {
    first.made();
    second.made();
    assertThat(ask("/health").statusCode()).isEqualTo(200);
    assertThat(new ObjectMapper().readTree(ask("/health").body()).path("status").asText())
        .isEqualTo("well");

    nanos.addAndGet(Duration.ofSeconds(91).toNanos());
    first.made();
    second.waits("the store says: \"no\"\n\\");

    HttpResponse<String> health = ask("/health");
    assertThat(health.statusCode()).isEqualTo(503);
    JsonNode said = new ObjectMapper().readTree(health.body());
    assertThat(said.path("status").asText()).isEqualTo("unwell");
    assertThat(said.at("/work/0/status").asText()).isEqualTo("working");
    assertThat(said.at("/work/1/name").asText()).isEqualTo("second");
    assertThat(said.at("/work/1/status").asText()).isEqualTo("stuck");
    assertThat(said.at("/work/1/secondsSinceProgress").asInt()).isEqualTo(91);
    assertThat(said.at("/work/1/reason").asText())
        .isEqualTo("nothing was done for 91 s: the store says: \"no\"\n\\");
    assertThat(ask("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void oneThatIsHungIsNotLiveEither() throws Exception {
    nanos.addAndGet(Duration.ofSeconds(91).toNanos());
    first.made();

    assertThat(ask("/health").statusCode()).isEqualTo(503);
    assertThat(ask("/health/live").statusCode()).isEqualTo(503);
  }

  @Test
  void anotherPathIsNotThere() throws Exception {
    assertThat(ask("/health/deep").statusCode()).isEqualTo(404);
  }
}
