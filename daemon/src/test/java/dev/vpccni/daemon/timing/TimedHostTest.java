package dev.vpccni.daemon.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.daemon.plugin.WorkingForSomebody;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each method of the kernel, as they are listed there: one that is new is asked about, too. */
final class TimedHostTest {

    /** What verbs ask; the rest is work of the node's own. */
    private static final Set<String> OF_VERBS =
            Set.of("wire", "otherDefault", "unwire", "verify", "observe", "branches");

    static Stream<Method> methods() {
        return Arrays.stream(HostNetwork.class.getMethods());
    }

    @Test
    void knowsWhatVerbsAsk() {
        assertThat(methods().map(Method::getName)).containsAll(OF_VERBS);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void countsWhatVerbsAskAsTheKernels(Method method) throws Exception {
        try (var verb = new WorkingForSomebody()) {
            List<String> asked = new ArrayList<>();
            List<Stage> during = new ArrayList<>();
            HostNetwork host =
                    timed((_, called, _) -> {
                        asked.add(called.getName());
                        during.add(verb.stage());
                        return answer(called);
                    });
            Object answer = method.invoke(host, arguments(method));
            assertThat(asked).containsExactly(method.getName());
            assertThat(answer).isEqualTo(answer(method));
            boolean counts = OF_VERBS.contains(method.getName());
            assertThat(during).containsExactly(counts ? Stage.KERNEL : Stage.LEDGER);
            assertThat(verb.stage()).isEqualTo(Stage.LEDGER);
        }
    }

    private static @Nullable Object answer(Method called) {
        Class<?> type = called.getReturnType();
        if (type == boolean.class) {
            return true;
        }
        return type == int.class ? 7 : null;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void countsNoLongerWhereTheKernelRefuses(Method method) {
        try (var verb = new WorkingForSomebody()) {
            var refusal =
                    new HostException(new HostFailure.InterfaceTaken("eth0"), "injected", null);
            HostNetwork host =
                    timed((_, _, _) -> {
                        throw refusal;
                    });
            assertThatThrownBy(() -> method.invoke(host, arguments(method)))
                    .isInstanceOf(InvocationTargetException.class)
                    .hasCause(refusal);
            assertThat(verb.stage()).isEqualTo(Stage.LEDGER);
        }
    }

    private static HostNetwork timed(InvocationHandler kernel) {
        return new TimedHost(
                (HostNetwork)
                        Proxy.newProxyInstance(
                                HostNetwork.class.getClassLoader(),
                                new Class<?>[] {HostNetwork.class},
                                kernel));
    }

    /** Nothing looks at them on the way. */
    private static Object[] arguments(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(type -> type == int.class ? 0 : type == boolean.class ? false : null)
                .toArray();
    }
}
