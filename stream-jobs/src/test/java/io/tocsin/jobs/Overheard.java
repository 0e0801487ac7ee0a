package io.tocsin.jobs;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.functions.MapFunction;

/** Hears what passes. What was heard is static: a function travels to its task by serialisation. */
public final class Overheard<T> implements MapFunction<T, T> {

  private static final long serialVersionUID = 1L;

  private static final Queue<Object> HEARD = new ConcurrentLinkedQueue<>();

  /** Forgets everything. */
  public static void forget() {
    HEARD.clear();
  }

  /** What passed of this type since it was forgotten, in order. */
  public static <T> List<T> of(Class<T> type) {
    return HEARD.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public T map(T passing) {
    HEARD.add(passing);
    return passing;
  }
}
