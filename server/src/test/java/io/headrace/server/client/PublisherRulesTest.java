/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import io.headrace.client.Event;
import io.headrace.client.EventWriter;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** The rules of reactive streams, as their authors test them, for the events of a reader. */
final class PublisherRulesTest extends ClientTest {
    private static final long TIMEOUT_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 100;
    private static final long MAX_ELEMENTS = 1000;

    /** Sealed streams, by the number of their events. */
    private final Map<Long, StreamName> streams = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> rules() {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                // Some rules cannot be tested, and two readers need not see segments take the same turns.
                .filter(method -> !method.getName().startsWith("untested_")
                        && !method.getName().contains("_multicast_"))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> check(method)));
    }

    private void check(Method rule) throws Throwable {
        Events events = new Events();
        events.setUp();
        try {
            rule.invoke(events);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped) {
                throw new TestAbortedException(skipped.getMessage(), skipped);
            }
            throw e.getCause();
        }
    }

    private StreamName sealedStream(long events) {
        return streams.computeIfAbsent(events, count -> {
            StreamName stream = stream("with-" + count, 3);
            EventWriter<String> writer = client.writer(stream, Serializers.utf8());
            writer.writeAll(Flowable.rangeLong(0, count).map(i -> "event " + i), event -> event)
                    .andThen(admin.sealStream(stream))
                    .blockingAwait();
            return stream;
        });
    }

    private final class Events extends PublisherVerification<Event<String>> {
        Events() {
            super(new TestEnvironment(TIMEOUT_MILLIS, QUIET_MILLIS));
        }

        @Override
        public Publisher<Event<String>> createPublisher(long elements) {
            return client.reader(sealedStream(elements), Serializers.utf8()).events();
        }

        @Override
        public Publisher<Event<String>> createFailedPublisher() {
            return client.reader(new StreamName(scope, "absent"), Serializers.utf8())
                    .events();
        }

        @Override
        public long maxElementsFromPublisher() {
            return MAX_ELEMENTS;
        }
    }
}
