package io.tocsin.stack.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The part of Flink's REST interface that running a few jobs needs. */
public final class FlinkRest {

  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  /**
   * @param url such as {@code http://127.0.0.1:8082}
   */
  public FlinkRest(String url) {
    this.url = url;
  }

  /** What the cluster has. */
  public record Overview(int taskManagers, int slots, int freeSlots, String version) {}

  /**
   * A job.
   *
   * @param state as Flink names it, such as RUNNING
   * @param tasks subtasks of all its vertices
   * @param runningTasks those of them that run
   */
  public record Job(String id, String name, String state, int tasks, int runningTasks) {

    /** Whether every subtask runs. */
    public boolean isFullyRunning() {
      return state.equals("RUNNING") && tasks > 0 && runningTasks == tasks;
    }

    /** Whether it came to an end, a good or a bad one. */
    public boolean hasEnded() {
      return ENDED.contains(state);
    }
  }

  /** What the cluster has. */
  public Overview overview() throws IOException, InterruptedException {
    JsonNode answer = json("/overview");
    return new Overview(
        answer.path("taskmanagers").asInt(),
        answer.path("slots-total").asInt(),
        answer.path("slots-available").asInt(),
        answer.path("flink-version").asText());
  }

  /** Every job that the cluster remembers, ended ones too. */
  public List<Job> jobs() throws IOException, InterruptedException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : json("/jobs/overview").path("jobs")) {
      jobs.add(
          new Job(
              job.path("jid").asText(),
              job.path("name").asText(),
              job.path("state").asText(),
              job.path("tasks").path("total").asInt(),
              job.path("tasks").path("running").asInt()));
    }
    return jobs;
  }

  /**
   * Waits until the job called {@code name} runs with all its subtasks.
   *
   * @throws StackException if it ends instead or takes longer than {@code longest}
   */
  public Job awaitRunning(String name, Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    String last = "is not known to the cluster";
    while (System.nanoTime() < deadline) {
      try {
        for (Job job : jobs()) {
          if (job.name().equals(name)) {
            if (job.isFullyRunning()) {
              return job;
            }
            last = "is " + job.state() + ", " + job.runningTasks() + " of " + job.tasks();
            if (job.state().equals("FAILED")) {
              throw new StackException("Flink job " + name + " failed: " + failures(job.id()));
            }
          }
        }
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
    throw new StackException(
        "Flink job %s does not run after %d s: it %s; see %s"
            .formatted(name, longest.toSeconds(), last, url));
  }

  /** Cancels a job and waits until it has ended; its retained checkpoints stay. */
  public void cancel(String jobId) throws IOException, InterruptedException {
    HttpRequest request =
        request("/jobs/" + jobId + "?mode=cancel")
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build();
    client.send(request, HttpResponse.BodyHandlers.discarding());
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < deadline) {
      if (jobs().stream().anyMatch(job -> job.id().equals(jobId) && job.hasEnded())) {
        return;
      }
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
    throw new StackException("Flink job " + jobId + " is not cancelled after 30 s; see " + url);
  }

  /**
   * A metric summed over all subtasks of all vertices of a job, such as a counter of ours or {@code
   * numRecordsIn}.
   *
   * @param metric the name without the operator's: {@code Window_Cutting.windows} is {@code
   *     windows}
   * @return 0 where no subtask reports it yet
   */
  public double sumOfMetric(String jobId, String metric) throws IOException, InterruptedException {
    double sum = 0;
    for (JsonNode vertex : json("/jobs/" + jobId).path("vertices")) {
      String metrics =
          "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode known : json(metrics)) {
        String id = known.path("id").asText();
        if (id.equals(metric) || id.endsWith("." + metric)) {
          String query = URLEncoder.encode(id, UTF_8);
          for (JsonNode value : json(metrics + "?agg=sum&get=" + query)) {
            sum += value.path("sum").asDouble();
          }
        }
      }
    }
    return sum;
  }

  /**
   * The whole name of a metric with the vertex that reports it, so that it can be asked for again
   * in one request.
   *
   * @return empty while no subtask reports it
   */
  public Optional<VertexMetric> vertexMetric(String jobId, String metric)
      throws IOException, InterruptedException {
    for (JsonNode vertex : json("/jobs/" + jobId).path("vertices")) {
      String metrics =
          "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode known : json(metrics)) {
        String id = known.path("id").asText();
        if (id.equals(metric) || id.endsWith("." + metric)) {
          return Optional.of(new VertexMetric(metrics, URLEncoder.encode(id, UTF_8)));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * A metric of a vertex.
   *
   * @param path of the vertex's metrics
   * @param id the metric's whole name, encoded for a query
   */
  public record VertexMetric(String path, String id) {}

  /** A metric summed over the vertex's subtasks. */
  public double sum(VertexMetric metric) throws IOException, InterruptedException {
    double sum = 0;
    for (JsonNode value : json(metric.path() + "?agg=sum&get=" + metric.id())) {
      sum += value.path("sum").asDouble();
    }
    return sum;
  }

  /** The highest of what the vertex's subtasks say, for a metric of their whole process. */
  public double highest(VertexMetric metric) throws IOException, InterruptedException {
    double highest = Double.NEGATIVE_INFINITY;
    for (JsonNode value : json(metric.path() + "?agg=max&get=" + metric.id())) {
      highest = Math.max(highest, value.path("max").asDouble());
    }
    return highest;
  }

  /**
   * Why a job began anew or failed, the newest first.
   *
   * @return stack traces with their causes, each after the task that threw it
   */
  public List<String> failures(String jobId) throws IOException, InterruptedException {
    List<String> failures = new ArrayList<>();
    for (JsonNode failure :
        json("/jobs/" + jobId + "/exceptions").at("/exceptionHistory/entries")) {
      failures.add(
          failure.path("taskName").asText("the job")
              + ": "
              + failure.path("stacktrace").asText().strip());
    }
    return failures;
  }

  /**
   * Any answer of the interface.
   *
   * @param path such as {@code /jobs/ID/checkpoints}
   * @throws IOException if it does not answer or answers with an error
   */
  public JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(url + path + " answers " + response.statusCode());
    }
    return JSON.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER);
  }
}
