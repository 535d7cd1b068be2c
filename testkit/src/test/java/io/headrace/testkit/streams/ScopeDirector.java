/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.ScalingPolicy;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamConfiguration;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.DeleteScopeStatus;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.TableConfiguration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Fills a scope with things, then removes it with all of them, or each of them by hand, over and over. */
final class ScopeDirector extends Actor {
    private static final String GROUP = "group";
    private static final String TABLE = "table";

    private final String scope;
    private final StreamName first;
    private final StreamName second;
    private final StreamName elsewhere;
    private final Deque<StreamCommand> script = new ArrayDeque<>();

    /** @param elsewhere a stream of another scope, which may exist or not */
    ScopeDirector(StreamsWorld world, String scope, StreamName elsewhere) {
        super(world, 60_000);
        this.scope = scope;
        this.first = new StreamName(scope, "first");
        this.second = new StreamName(scope, "second");
        this.elsewhere = elsewhere;
    }

    @Override
    boolean isIdle() {
        return script.isEmpty();
    }

    @Override
    void proceed() {
        StreamCommand next = script.poll();
        if (next == null) {
            if (!world.isFinishing()) {
                write();
            }
            return;
        }
        if (next instanceof StreamCommand.CreateStream create) {
            world.told.begin(create.stream());
        }
        ask(next, reply -> check(next, reply));
    }

    private void write() {
        script.add(new StreamCommand.CreateScope(scope));
        script.add(new StreamCommand.CreateStream(first, StreamConfiguration.of(ScalingPolicy.fixed(1))));
        UUID group = new UUID(world.random.nextLong(), world.random.nextLong());
        boolean byHand = world.random.nextBoolean();
        boolean grouped = world.random.nextBoolean();
        boolean tabled = world.random.nextBoolean();
        if (grouped) {
            script.add(new StreamCommand.CreateReaderGroup(
                    scope, GROUP, ReaderGroupConfiguration.over(group, 2, first, elsewhere)));
        }
        if (tabled) {
            script.add(new StreamCommand.CreateTable(scope, TABLE, new TableConfiguration(2, 4, 0, 0)));
        }
        if (world.random.nextBoolean()) {
            script.add(new StreamCommand.Scale(
                    first, Set.of(0L), List.of(new SegmentRange(-1, 0, 0.3), new SegmentRange(-1, 0.3, 1))));
        } else if (world.random.nextBoolean()) {
            script.add(new StreamCommand.UpdateStream(first, StreamConfiguration.of(ScalingPolicy.fixed(2))));
        }
        if (!byHand) {
            script.add(new StreamCommand.CreateStream(second, StreamConfiguration.of(ScalingPolicy.fixed(2))));
            if (world.random.nextBoolean()) {
                script.add(new StreamCommand.CreateTransaction(second, 10_000));
            }
            script.add(new StreamCommand.DeleteScopeRecursive(scope));
            script.add(new StreamCommand.CheckScopeExists(scope));
            return;
        }
        if (grouped) {
            script.add(new StreamCommand.DeleteReaderGroup(scope, GROUP, group));
        }
        if (tabled) {
            script.add(new StreamCommand.DeleteTable(scope, TABLE));
        }
        script.add(new StreamCommand.SealStream(first));
        script.add(new StreamCommand.DeleteStream(first));
        script.add(new StreamCommand.DeleteScope(scope));
        script.add(new StreamCommand.CheckScopeExists(scope));
    }

    private void check(StreamCommand command, StreamReply reply) {
        boolean right = true;
        if (command instanceof StreamCommand.DeleteScope || command instanceof StreamCommand.DeleteScopeRecursive) {
            right = reply == DeleteScopeStatus.SUCCESS || reply == DeleteScopeStatus.SCOPE_NOT_FOUND;
        } else if (command instanceof StreamCommand.CheckScopeExists) {
            right = reply.equals(new Exists(false));
        }
        if (!right) {
            throw world.simulation.violation(command + " is answered with " + reply);
        }
    }
}
