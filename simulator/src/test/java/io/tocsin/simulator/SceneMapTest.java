package io.tocsin.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.AlertEvaluation.RaisedAlert;
import io.tocsin.simulator.SceneTruth.Distress;
import io.tocsin.simulator.SceneTruth.SensorTruth;
import io.tocsin.simulator.SceneTruth.Sound;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

@ResourceLock(Resources.LOCALE)
class SceneMapTest {

  private static final double LATITUDE = 52.5;
  private static final double LONGITUDE = 13.4;

  /** A pair in the middle and a decoy; one alert finds the pair, one is 300 m east of it. */
  private static final SceneTruth TRUTH =
      new SceneTruth(
          60,
          List.of(
              new SensorTruth("a", LATITUDE, LONGITUDE, -500, 0),
              new SensorTruth("b", LATITUDE, LONGITUDE, 500, 0)),
          List.of(
              sound("pair-1", Role.GLASS, 0, 0),
              sound("pair-1", Role.CRY, 3, 3),
              sound("decoy-far-1", Role.GLASS, 0, 500)),
          List.of(new Distress("pair-1", 10, 13, LATITUDE, LONGITUDE)));

  private static final List<RaisedAlert> ALERTS =
      List.of(
          new RaisedAlert("found", 10, LATITUDE, LONGITUDE, 100, 0.9, 0, ""),
          new RaisedAlert("false", 10, LATITUDE, LONGITUDE + 300 / 67_876.0, 25, 0.9, 0, ""));

  @Test
  void theMapIsWellFormedSvgAndDrawsEverything() throws Exception {
    Document svg = drawn();
    assertThat(svg.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
    assertThat(svg.getDocumentElement().getLocalName()).isEqualTo("svg");
    assertThat(count(svg, "//*[@fill='#2463ab']")).as("sensors").isEqualTo(2);
    assertThat(count(svg, "//*[@stroke='#1d8a3e']")).as("true pairs").isEqualTo(1);
    assertThat(count(svg, "//*[@stroke='#999']")).as("other sounds").isEqualTo(1);
    assertThat(count(svg, "//*[@fill='#c8232c']")).as("alerts").isEqualTo(2);
    assertThat(count(svg, "//*[text()='far-1']")).isEqualTo(1);
    assertThat(count(svg, "//*[text()='pair-1']")).isEqualTo(1);
  }

  @Test
  void aKilometreIs640PixelsEastToTheRightAndNorthUp() throws Exception {
    Document svg = drawn();
    assertThat(number(svg, "(//*[@fill='#2463ab'])[2]/@cx"))
        .isEqualTo(number(svg, "(//*[@fill='#2463ab'])[1]/@cx") + 640);
    assertThat(number(svg, "//*[@stroke='#999']/@cy"))
        .isEqualTo(number(svg, "//*[@stroke='#1d8a3e']/@cy") - 320);
    assertThat(number(svg, "(//*[@fill='#c8232c'])[1]/@cx"))
        .isEqualTo(number(svg, "//*[@stroke='#1d8a3e']/@cx"));
    assertThat(number(svg, "(//*[@fill='#c8232c'])[2]/@cx")).isBetween(384 + 191.0, 384 + 193.0);
    assertThat(number(svg, "(//*[@fill='none' and @stroke='#c8232c'])[1]/@r")).isEqualTo(64);
  }

  @Test
  void numbersHavePointsWhateverTheLanguageOfTheMachine() throws Exception {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(number(drawn(), "(//*[@fill='#2463ab'])[1]/@cx")).isEqualTo(64);
    } finally {
      Locale.setDefault(before);
    }
  }

  private static Document drawn() throws Exception {
    String svg = SceneMap.svg(TRUTH, AlertEvaluation.evaluate(TRUTH, ALERTS), LATITUDE, LONGITUDE);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static int count(Document svg, String path) throws Exception {
    return (int) number(svg, "count(" + path + ")");
  }

  private static double number(Document svg, String path) throws Exception {
    return (Double)
        XPathFactory.newInstance().newXPath().evaluate(path, svg, XPathConstants.NUMBER);
  }

  private static Sound sound(String incident, Role role, double east, double north) {
    return new Sound(incident, role, 10, east, north, LATITUDE, LONGITUDE, "x.wav");
  }
}
