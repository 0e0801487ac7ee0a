package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.inference.ScoringSettings;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.Test;

class InferenceSettingsTest {

  private static final String CUDA = "--provider=CUDA";

  @Test
  void theModelRunsOnTheLowestGpuThatFlinkGave() throws Exception {
    InferenceSettings settings = settings(CUDA);
    ScoringSettings here = settings.on(given("gpu", "3", "2", "5"));
    assertThat(here.deviceIndex()).isEqualTo(2);
    assertThat(here)
        .usingRecursiveComparison()
        .ignoringFields("deviceIndex")
        .isEqualTo(settings.scoring());
  }

  @Test
  void theFirstDeviceIsTakenWhereFlinkGaveNone() throws Exception {
    InferenceSettings settings = settings(CUDA);
    assertThat(settings.on(given("gpu"))).isEqualTo(settings.scoring());
    assertThat(settings.on(given("fpga", "3"))).isEqualTo(settings.scoring());
    assertThat(settings.scoring().deviceIndex()).isZero();
  }

  @Test
  void onACpuAGpuIsLeftAlone() throws Exception {
    InferenceSettings settings = settings("--provider=CPU");
    assertThat(settings.on(given("gpu", "3"))).isEqualTo(settings.scoring());
  }

  private static InferenceSettings settings(String provider) {
    return TinyFleet.settings(TinyFleet.bundle(), provider).inference();
  }

  /** A task on whose TaskManager Flink found resources of one name. */
  private static MockStreamingRuntimeContext given(String name, String... indexes)
      throws Exception {
    Set<ExternalResourceInfo> infos =
        Arrays.stream(indexes).map(Device::new).collect(Collectors.toSet());
    return new MockStreamingRuntimeContext(
        1,
        0,
        new MockEnvironmentBuilder()
            .setExternalResourceInfoProvider(asked -> asked.equals(name) ? infos : Set.of())
            .build());
  }

  private record Device(String index) implements ExternalResourceInfo {

    @Override
    public Optional<String> getProperty(String key) {
      return key.equals("index") ? Optional.of(index) : Optional.empty();
    }

    @Override
    public Collection<String> getKeys() {
      return Set.of("index");
    }
  }
}
