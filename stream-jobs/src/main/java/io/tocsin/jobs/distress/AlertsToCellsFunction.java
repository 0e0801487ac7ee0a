package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellReach;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Sends an alert to the cell of its place and to every cell that may own the first of its picks.
 */
final class AlertsToCellsFunction extends ProcessFunction<Alert, Either<CellPick, CellAlert>> {

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
      Alert alert, Context context, Collector<Either<CellPick, CellAlert>> out) {
    for (long cell : reach.within(alert.location().point())) {
      out.collect(Either.Right(new CellAlert(cell, alert)));
    }
  }
}
