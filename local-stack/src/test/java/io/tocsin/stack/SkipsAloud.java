package io.tocsin.stack;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Has every test of a class skipped, with the reason, where the class's preparation finds that
 * something is missing. JUnit by itself skips the class as a whole then, and the report of the
 * build counts no test and gives no reason.
 */
public final class SkipsAloud implements InvocationInterceptor, BeforeEachCallback {

  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(SkipsAloud.class);

  @Override
  public void interceptBeforeAllMethod(
      Invocation<Void> preparation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    if (reason(context) != null) {
      preparation.skip();
      return;
    }
    try {
      preparation.proceed();
    } catch (TestAbortedException missing) {
      context
          .getStore(OURS)
          .put(context.getRequiredTestClass(), String.valueOf(missing.getMessage()));
      System.out.println(
          "SKIPPED "
              + context.getRequiredTestClass().getSimpleName()
              + ": "
              + missing.getMessage());
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    String reason = reason(context);
    if (reason != null) {
      throw new TestAbortedException(reason);
    }
  }

  private static String reason(ExtensionContext context) {
    return context.getStore(OURS).get(context.getRequiredTestClass(), String.class);
  }
}
