package io.tocsin.jobs.distress;

import io.tocsin.association.CellReach;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/** Sends a pick to its home cell and to every cell within reach. */
final class ToCellsFunction extends ProcessFunction<TracedPick, Either<CellPick, CellAlert>> {

  private static final long serialVersionUID = 1L;

  private final double replicationMetres;
  private transient CellReach reach;

  ToCellsFunction(double replicationMetres) {
    this.replicationMetres = replicationMetres;
  }

  @Override
  public void open(OpenContext context) {
    reach = new CellReach(replicationMetres);
  }

  @Override
  public void processElement(
      TracedPick arrived, Context context, Collector<Either<CellPick, CellAlert>> out) {
    for (long cell : reach.within(arrived.pick().place())) {
      out.collect(Either.Left(new CellPick(cell, arrived.pick(), arrived.trace())));
    }
  }
}
