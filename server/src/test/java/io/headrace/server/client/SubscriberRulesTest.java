/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** The rules of reactive streams, as their authors test them, for what subscribes to a flow that is written. */
final class SubscriberRulesTest extends ClientTest {
    private static final long TIMEOUT_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 100;

    @TestFactory
    Stream<DynamicTest> rules() {
        StreamName stream = stream("a", 2);
        return Arrays.stream(SubscriberBlackboxVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .filter(method -> !method.getName().startsWith("untested_"))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> check(method, new Writing(stream))));
    }

    private static void check(Method rule, Writing writing) throws Throwable {
        try {
            rule.invoke(writing);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped) {
                throw new TestAbortedException(skipped.getMessage(), skipped);
            }
            throw e.getCause();
        }
    }

    private final class Writing extends SubscriberBlackboxVerification<String> {
        private final StreamName stream;

        Writing(StreamName stream) {
            super(new TestEnvironment(TIMEOUT_MILLIS, QUIET_MILLIS));
            this.stream = stream;
        }

        @Override
        public Subscriber<String> createSubscriber() {
            AtomicReference<@Nullable Subscriber<? super String>> subscriber = new AtomicReference<>();
            var unused = client.writer(stream, Serializers.utf8())
                    .writeAll(subscriber::set)
                    .onErrorComplete()
                    .subscribe();
            @SuppressWarnings("unchecked") // it takes whatever is no less than a string
            Subscriber<String> made = (Subscriber<String>) Objects.requireNonNull(subscriber.get());
            return made;
        }

        /** The one that comes with the rules is not among what is published of them. */
        @Override
        public Publisher<String> createHelperPublisher(long elements) {
            return Flowable.rangeLong(0, elements).map(i -> "event " + i);
        }

        @Override
        public String createElement(int element) {
            return "event " + element;
        }
    }
}
