package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellReach;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Sends an alert to the cell that said it, by its header. One without, of an earlier release, or
 * with one that cannot be true, goes to every cell that may own the first of its picks, and waits
 * for them in the cell of its place.
 */
final class AlertsToCellsFunction extends ProcessFunction<SaidAlert, Either<CellPick, CellAlert>> {

  private static final long serialVersionUID = 1L;

  private final double anchorWithinMetres;
  private transient CellReach reach;

  AlertsToCellsFunction(double anchorWithinMetres) {
    this.anchorWithinMetres = anchorWithinMetres;
  }

  @Override
  public void open(OpenContext context) {
    reach = new CellReach(anchorWithinMetres);
  }

  @Override
  public void processElement(
      SaidAlert said, Context context, Collector<Either<CellPick, CellAlert>> out) {
    cells(said, reach).forEach(alert -> out.collect(Either.Right(alert)));
  }

  static List<CellAlert> cells(SaidAlert said, CellReach reach) {
    Alert alert = said.alert();
    List<Long> around = reach.within(alert.location().point());
    if (around.contains(said.cell())) {
      return List.of(new CellAlert(said.cell(), alert, true));
    }
    long home = around.get(0);
    return around.stream().map(cell -> new CellAlert(cell, alert, cell == home)).toList();
  }
}
