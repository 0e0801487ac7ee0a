package io.tocsin.stack.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterReportTest {

  @Test
  void theRatioIsThatOfRunsBesideEachOther() {
    // The machine is half as fast while the second repetition runs.
    List<CountedRun> oneJvm = List.of(run(1_000, 1), run(500, 1), run(1_000, 1));
    List<CountedRun> cluster = List.of(run(900, 2), run(450, 2), run(800, 1));

    JsonNode json =
        new ObjectMapper()
            .<JsonNode>valueToTree(
                new ClusterReport(
                    2,
                    "b@1",
                    List.of(
                        new ClusterReport.Job(
                            "tocsin-scoring",
                            "windows",
                            16_000,
                            List.of(ClusterReport.AtParallelism.of(2, oneJvm, cluster)))),
                    List.of("All processes share 2 cores.")))
            .path("jobs")
            .path(0)
            .path("runs")
            .path(0);

    assertThat(json.path("ratio").asDouble()).isEqualTo(0.9);
    assertThat(json.path("ratios")).hasSize(3);
    assertThat(json.path("oneJvm").path("perSecond").asDouble()).isEqualTo(1_000);
    assertThat(json.path("cluster").path("repetitions")).hasSize(3);
    assertThat(json.path("cluster").path("taskManagers").asInt())
        .as("the fewest that any repetition ran on")
        .isEqualTo(1);
    assertThat(json.path("processorRatio").asDouble()).isEqualTo(1);
  }

  private static CountedRun run(double perSecond, int taskManagers) {
    return new CountedRun(perSecond, 700, taskManagers);
  }
}
