/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test its {@link Client} on the server that all classes share, or a {@link Server} of its own, and closes both
 * when the test ends. Tests of cases that the server has not reached yet are skipped with that reason.
 */
public final class CaseExtension implements ParameterResolver, AfterEachCallback, ExecutionCondition {
    static final String NOT_YET_REACHED = "not yet reached: ";

    private static final Namespace NAMESPACE = Namespace.create(CaseExtension.class);
    private static final boolean ALL = System.getProperty("compat.all") != null;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<Case> tested = context.getTestMethod().map(method -> method.getAnnotation(Case.class));
        if (tested.isEmpty()) {
            return ConditionEvaluationResult.enabled("not a case");
        }
        if (tested.get().durable()
                && !System.getProperty("compat.server", "headrace").equals("headrace")) {
            return ConditionEvaluationResult.disabled("The reference server keeps nothing over a restart");
        }
        Set<String> missing = new TreeSet<>(Arrays.asList(tested.get().value()));
        missing.retainAll(Cases.notYetReached());
        return missing.isEmpty() || ALL
                ? ConditionEvaluationResult.enabled("expected to pass")
                : ConditionEvaluationResult.disabled(NOT_YET_REACHED + String.join(", ", missing));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Client.class || type == Server.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getParameter().getType() == Server.class) {
            return own(context).server(context.getRequiredTestMethod().getName());
        }
        return own(context).client(shared(context));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        own(context).close();
    }

    /** The shared server; a crashed one is replaced, so that one test cannot fail all later ones. */
    private static Server shared(ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        Shared shared = store.getOrComputeIfAbsent(Shared.class);
        return shared.server();
    }

    private static Own own(ExtensionContext context) {
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(Own.class);
    }

    /** Lives as long as the test run. Closed by JUnit with its store. */
    static final class Shared implements AutoCloseable {
        private Server server = Server.start("shared");

        synchronized Server server() {
            if (!server.alive()) {
                server.close();
                server = Server.start("shared-after-crash");
            }
            return server;
        }

        @Override
        public synchronized void close() {
            server.close();
        }
    }

    /** What one test has opened. */
    static final class Own implements AutoCloseable {
        private Optional<Client> client = Optional.empty();
        private Optional<Server> server = Optional.empty();

        Client client(Server on) {
            Client created = new Client(on);
            client = Optional.of(created);
            return created;
        }

        Server server(String name) {
            Server started = Server.start(name);
            server = Optional.of(started);
            return started;
        }

        @Override
        public void close() {
            client.ifPresent(Client::close);
            client = Optional.empty();
            server.ifPresent(Server::close);
            server = Optional.empty();
        }
    }
}
