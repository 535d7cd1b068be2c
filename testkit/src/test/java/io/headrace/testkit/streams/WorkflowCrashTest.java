/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamCommand;
import io.headrace.testkit.sim.Seeds;
import io.headrace.testkit.streams.CalmWorld.Victim;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every workflow with an owner that crashes after the first frame that it causes, after the second, and so on to the
 * last. What is there in the end must be what is there without a crash.
 */
class WorkflowCrashTest {

    /** Before the owner hears that its frame is stored; when it has heard; when those have heard whom it told. */
    private static final long[] DELAYS = {0, 500, 1_500};

    @ParameterizedTest
    @EnumSource(Workflow.class)
    void crashOfStreamsAfterAnyFrame(Workflow workflow) {
        Seeds.counting(
                () -> assertThat(sweep(workflow, Victim.STREAMS)).as("frames").isPositive());
    }

    /** An update of a reader group touches no segment. */
    @ParameterizedTest
    @EnumSource(value = Workflow.class, mode = EnumSource.Mode.EXCLUDE, names = "UPDATE_GROUP")
    void crashOfSegmentsAfterAnyFrame(Workflow workflow) {
        Seeds.counting(
                () -> assertThat(sweep(workflow, Victim.SEGMENTS)).as("frames").isPositive());
    }

    /** Returns after how many frames there was a crash. */
    private static int sweep(Workflow workflow, Victim victim) {
        List<Object> expected = outcome(workflow, null, 0, 0);
        for (int frame = 1; ; frame++) {
            for (long delay : DELAYS) {
                List<Object> outcome = outcome(workflow, victim, frame, delay);
                if (outcome.isEmpty()) {
                    return frame - 1;
                }
                assertThat(outcome)
                        .as("%s, crash %d us after frame %d", victim, delay, frame)
                        .isEqualTo(expected);
            }
        }
    }

    /** What can be seen in the end; empty if there were not so many frames. */
    private static List<Object> outcome(Workflow workflow, @Nullable Victim victim, int frame, long delay) {
        CalmWorld world = new CalmWorld();
        WorkflowScript script = new WorkflowScript(world);
        script.prepare(workflow);
        if (victim != null) {
            world.crashAfter(victim, frame, delay);
        }
        script.run(workflow);
        if (victim != null && !world.hasCrashed()) {
            world.close();
            return List.of();
        }
        if (workflow == Workflow.OPEN_TRANSACTION) {
            world.letLeasesEnd();
        }
        List<Object> seen = observe(world, script.transaction);
        seen.add(world.audit());
        world.close();
        return seen;
    }

    private static List<Object> observe(CalmWorld world, UUID transaction) {
        List<Object> seen = new ArrayList<>();
        for (var stream : List.of(WorkflowScript.STREAM, WorkflowScript.OTHER)) {
            seen.add(world.ask(new StreamCommand.GetStreamConfiguration(stream)));
            seen.add(world.ask(new StreamCommand.GetCurrentSegments(stream)));
            seen.add(world.ask(new StreamCommand.GetHead(stream)));
            seen.add(world.ask(new StreamCommand.GetTransactionState(stream, transaction)));
            seen.add(world.ask(new StreamCommand.ListSubscribers(stream)));
            seen.add(world.ask(new StreamCommand.ListStreams(stream.scope(), "", 100)));
            seen.add(world.ask(new StreamCommand.GetReaderGroup(stream.scope(), "group")));
        }
        world.views().forEach(view -> seen.add(view.streams().toString()));
        return seen;
    }
}
