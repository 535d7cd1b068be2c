/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply.CheckScaleStatus;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.TableConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What must be there before a workflow, and what sets it off and waits for its end. */
final class WorkflowScript {
    /** Two streams in scopes of different partitions. */
    static final StreamName STREAM = new StreamName("scope0", "stream");

    static final StreamName OTHER = new StreamName("scope2", "other");

    private static final UUID GROUP = new UUID(4, 4);

    private final CalmWorld world;

    /** The transaction that the workflow is about, if there is one. */
    UUID transaction = new UUID(0, 0);

    WorkflowScript(CalmWorld world) {
        this.world = world;
    }

    void prepare(Workflow workflow) {
        world.ask(new StreamCommand.CreateScope(STREAM.scope()));
        world.ask(new StreamCommand.CreateScope(OTHER.scope()));
        switch (workflow) {
            case CREATE -> {}
            case UPDATE, RESPLIT, SCALE, OPEN_TRANSACTION -> create(2);
            case COMMIT, ABORT -> {
                create(2);
                transaction = world.transaction(STREAM);
            }
            case ROLLING_COMMIT -> {
                create(2);
                transaction = world.transaction(STREAM);
                scale();
                world.write(STREAM);
            }
            case TRUNCATE -> {
                create(1);
                split(1);
                world.write(STREAM);
            }
            case SEAL -> {
                create(2);
                transaction = world.transaction(STREAM);
                world.ask(new StreamCommand.CommitTransaction(STREAM, transaction, "w", 1));
                transaction = world.transaction(STREAM);
            }
            case DELETE -> {
                create(2);
                scale();
                world.write(STREAM);
                world.ask(new StreamCommand.SealStream(STREAM));
            }
            case CREATE_AGAIN -> {
                create(2);
                world.ask(new StreamCommand.SealStream(STREAM));
                world.ask(new StreamCommand.DeleteStream(STREAM));
            }
            case CREATE_GROUP -> createBoth();
            case UPDATE_GROUP, DELETE_GROUP -> {
                createBoth();
                group();
            }
            case DELETE_SCOPE -> {
                createBoth();
                group();
                world.transaction(STREAM);
                world.ask(new StreamCommand.CreateTable(STREAM.scope(), "table", new TableConfiguration(2, 4, 0, 0)));
            }
        }
        world.rest();
    }

    void run(Workflow workflow) {
        switch (workflow) {
            case CREATE -> world.ask(creation(STREAM, 3));
            case UPDATE -> update(new ScalingPolicy(ScalingPolicy.Type.BY_RATE_IN_EVENTS_PER_SEC, 100_000, 2, 2));
            case RESPLIT -> update(ScalingPolicy.fixed(3));
            case SCALE -> scale();
            case OPEN_TRANSACTION -> world.ask(new StreamCommand.CreateTransaction(STREAM, 10_000));
            case COMMIT, ROLLING_COMMIT -> {
                world.ask(new StreamCommand.CommitTransaction(STREAM, transaction, "w", 1));
                world.awaitState(STREAM, transaction, TransactionState.COMMITTED);
            }
            case ABORT -> {
                world.ask(new StreamCommand.AbortTransaction(STREAM, transaction));
                world.awaitState(STREAM, transaction, TransactionState.ABORTED);
            }
            case TRUNCATE -> {
                StreamCut cut = StreamCut.of(Map.of(id(1, 1), 2 * CalmWorld.EVENT_BYTES, id(2, 1), 0L));
                world.ask(new StreamCommand.TruncateStream(STREAM, cut));
            }
            case SEAL -> world.ask(new StreamCommand.SealStream(STREAM));
            case DELETE -> world.ask(new StreamCommand.DeleteStream(STREAM));
            case CREATE_AGAIN -> world.ask(creation(STREAM, 2));
            case CREATE_GROUP -> group();
            case UPDATE_GROUP ->
                world.ask(new StreamCommand.UpdateReaderGroup(
                        STREAM.scope(), "group", ReaderGroupConfiguration.over(GROUP, 2, OTHER)));
            case DELETE_GROUP -> world.ask(new StreamCommand.DeleteReaderGroup(STREAM.scope(), "group", GROUP));
            case DELETE_SCOPE -> world.ask(new StreamCommand.DeleteScopeRecursive(STREAM.scope()));
        }
        world.rest();
    }

    private static StreamCommand creation(StreamName name, int segments) {
        return new StreamCommand.CreateStream(name, StreamConfiguration.of(ScalingPolicy.fixed(segments)));
    }

    /** Creates the stream, with an event for each key. */
    private void create(int segments) {
        world.ask(creation(STREAM, segments));
        world.write(STREAM);
    }

    private void createBoth() {
        create(1);
        world.ask(creation(OTHER, 1));
    }

    private void update(ScalingPolicy policy) {
        world.ask(new StreamCommand.UpdateStream(STREAM, StreamConfiguration.of(policy)));
    }

    private void group() {
        world.ask(new StreamCommand.CreateReaderGroup(
                STREAM.scope(), "group", ReaderGroupConfiguration.over(GROUP, 2, STREAM, OTHER)));
    }

    /** Of two segments splits the lower, then replaces parts of both. */
    private void scale() {
        split(0.5);
        scale(Set.of(id(3, 1), id(1, 0)), new SegmentRange(-1, 0.25, 0.7), new SegmentRange(-1, 0.7, 1));
        awaitEpoch(2);
    }

    /** Splits segment 0, which ends at some key. */
    private void split(double end) {
        scale(Set.of(id(0, 0)), new SegmentRange(-1, 0, end / 2), new SegmentRange(-1, end / 2, end));
        awaitEpoch(1);
    }

    private void scale(Set<Long> sealed, SegmentRange... created) {
        world.ask(new StreamCommand.Scale(STREAM, sealed, List.of(created)));
    }

    private void awaitEpoch(int epoch) {
        while (world.ask(new StreamCommand.CheckScale(STREAM, epoch - 1)) != CheckScaleStatus.SUCCESS) {
            world.pause();
        }
    }

    private static long id(int number, int epoch) {
        return SegmentName.id(epoch, number);
    }
}
