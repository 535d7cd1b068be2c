/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.client;

import io.headrace.client.ByteStreamWriter;
import io.headrace.client.EventWriter;
import io.headrace.client.KeyValueTable;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroups;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableRange;
import io.reactivex.rxjava3.core.Flowable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** The rules of reactive streams, as their authors test them, for all that the client publishes. */
final class PublisherRulesTest extends ClientTest {
    private static final long TIMEOUT_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 100;
    private static final long MAX_ELEMENTS = 1000;

    /** What was made to be published, by the number of its elements. */
    private final Map<Long, Object> made = new HashMap<>();

    private int lastGroup;

    @TestFactory
    Stream<DynamicTest> events() {
        return rules(
                elements -> client.reader(sealedStream(elements), Serializers.utf8())
                        .events(),
                () -> client.reader(new StreamName(scope, "absent"), Serializers.utf8())
                        .events());
    }

    @TestFactory
    Stream<DynamicTest> entriesOfATable() {
        TableKeySerializer<String> keys = TableKeySerializer.of(Serializers.utf8());
        return rules(
                        elements -> client.table(table(elements), keys, Serializers.utf8())
                                .entries(TableRange.all()),
                        () -> client.table(new TableName(scope, "absent"), keys, Serializers.utf8())
                                .entries(TableRange.all()))
                .filter(rule -> !isLengthy(rule));
    }

    @TestFactory
    Stream<DynamicTest> bytes() {
        return rules(
                        elements -> client.byteReader(bytes(elements))
                                .withBufferBytes(1)
                                .bytes(0),
                        () -> client.byteReader(new StreamName(scope, "absent")).bytes(0))
                .filter(rule -> !isLengthy(rule));
    }

    @TestFactory
    Stream<DynamicTest> eventsOfAGroup() {
        return rules(
                        elements -> group(sealedStream(elements))
                                .reader("r", Serializers.utf8())
                                .events(),
                        () -> client.readerGroups(scope)
                                .group("absent")
                                .reader("r", Serializers.utf8())
                                .events())
                // A reader of a group has one subscription at a time.
                .filter(rule -> !isLengthy(rule) && !rule.getDisplayName().contains("_spec111_"));
    }

    /** A new group, because what one reader has read no other gets. */
    private ReaderGroup group(StreamName stream) {
        ReaderGroups groups = client.readerGroups(scope);
        String name = "group-" + lastGroup++;
        groups.create(name, ReaderGroupConfiguration.of(stream)).ignoreElement().blockingAwait();
        return groups.group(name);
    }

    /** Those about requests for nothing wait their whole time; RxJava stands in between and checks them, here as there. */
    private static boolean isLengthy(DynamicTest rule) {
        return rule.getDisplayName().contains("_spec309_");
    }

    private <T> Stream<DynamicTest> rules(LongFunction<Publisher<T>> publisher, Supplier<Publisher<T>> failed) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                // Some rules cannot be tested, and two readers need not see segments take the same turns.
                .filter(method -> !method.getName().startsWith("untested_")
                        && !method.getName().contains("_multicast_"))
                .map(method -> DynamicTest.dynamicTest(
                        method.getName(), () -> check(method, new Elements<>(publisher, failed))));
    }

    private static void check(Method rule, PublisherVerification<?> elements) throws Throwable {
        elements.setUp();
        try {
            rule.invoke(elements);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped) {
                throw new TestAbortedException(skipped.getMessage(), skipped);
            }
            throw e.getCause();
        }
    }

    private StreamName sealedStream(long events) {
        return (StreamName) made.computeIfAbsent(events, count -> {
            StreamName stream = stream("with-" + count, 3);
            EventWriter<String> writer = client.writer(stream, Serializers.utf8());
            writer.writeAll(Flowable.rangeLong(0, count).map(i -> "event " + i), event -> event)
                    .andThen(admin.sealStream(stream))
                    .blockingAwait();
            return stream;
        });
    }

    private TableName table(long entries) {
        return (TableName) made.computeIfAbsent(entries, count -> {
            TableName name = new TableName(scope, "with-" + count);
            admin.createTable(name, TableConfiguration.of(3, 8)).ignoreElement().blockingAwait();
            KeyValueTable<String, String> table =
                    client.table(name, TableKeySerializer.of(Serializers.utf8()), Serializers.utf8());
            Flowable.rangeLong(10_000_000, count)
                    .flatMapSingle(i -> table.put("" + i, "v"), false, 64)
                    .ignoreElements()
                    .blockingAwait();
            return name;
        });
    }

    private StreamName bytes(long length) {
        return (StreamName) made.computeIfAbsent(length, count -> {
            StreamName stream = stream("with-" + count, 1);
            ByteStreamWriter writer = client.byteWriter(stream);
            writer.write(ByteBuffer.allocate((int) (long) count))
                    .andThen(writer.seal())
                    .blockingAwait();
            return stream;
        });
    }

    private static final class Elements<T> extends PublisherVerification<T> {
        private final LongFunction<Publisher<T>> publisher;
        private final Supplier<Publisher<T>> failed;

        Elements(LongFunction<Publisher<T>> publisher, Supplier<Publisher<T>> failed) {
            super(new TestEnvironment(TIMEOUT_MILLIS, QUIET_MILLIS));
            this.publisher = publisher;
            this.failed = failed;
        }

        @Override
        public Publisher<T> createPublisher(long elements) {
            return publisher.apply(elements);
        }

        @Override
        public Publisher<T> createFailedPublisher() {
            return failed.get();
        }

        @Override
        public long maxElementsFromPublisher() {
            return MAX_ELEMENTS;
        }
    }
}
