package io.tocsin.simulator.city.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.Scenario;
import io.tocsin.simulator.city.baseline.Baseline;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Report;
import java.io.StringReader;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PictureTest {

  private static final City CITY = City.of(CitySettings.of(Scenario.S10, 3, 100, 0.5));
  private static final Baseline.Found FOUND = Baseline.DBSCAN.find(CITY);
  private static final Report REPORT =
      Report.of(
          "S10",
          100,
          Map.of(3L, Evaluation.judge(CITY.truth(), FOUND.alerts(), FOUND.events())),
          Map.of());

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static long ofClass(Document svg, String element, String kind) {
    NodeList all = svg.getElementsByTagName(element);
    long count = 0;
    for (int i = 0; i < all.getLength(); i++) {
      count +=
          all.item(i).getAttributes().getNamedItem("class").getNodeValue().equals(kind) ? 1 : 0;
    }
    return count;
  }

  @Test
  void theMapShowsEverySensorEventAndAlert() throws Exception {
    Document map = parsed(CityMap.svg(CITY.truth(), FOUND.alerts(), FOUND.events(), "a < b & c"));
    // One more of each is in the legend.
    assertThat(ofClass(map, "circle", "sensor")).isEqualTo(101);
    assertThat(ofClass(map, "ellipse", "right") + ofClass(map, "ellipse", "wrong"))
        .isEqualTo(FOUND.events().size() + 2);
    assertThat(ofClass(map, "rect", "alert")).isEqualTo(FOUND.alerts().size() + 1);
    assertThat(map.getElementsByTagName("style").item(0).getTextContent())
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void theCurvesHaveWhatTheReportSays() throws Exception {
    assertThat(ofClass(parsed(Curves.f1(REPORT, "F1")), "path", "one")).isEqualTo(2);
    assertThat(ofClass(parsed(Curves.recall(REPORT, "recall")), "rect", "bar"))
        .isEqualTo(REPORT.detail().recallBySensors().size());
  }
}
