/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.createStream;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.InternalCommand.AddSubscriber;
import io.headrace.engine.streams.InternalCommand.Called;
import io.headrace.engine.streams.InternalCommand.EnsureStream;
import io.headrace.engine.streams.InternalCommand.RemoveSubscriber;
import io.headrace.engine.streams.StreamReply.Outdated;
import io.headrace.engine.streams.StreamReply.Subscribers;
import io.headrace.engine.streams.StreamReply.SubscribersStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Calls carry enough for those that come late, twice, or from an owner of old to be told from new ones. */
class LateCallsTest {
    private static final UUID GROUP = new UUID(4, 4);

    @Test
    void whatWasDeletedIsNotCreatedAgain() {
        Rig rig = withStream(1);
        Called create = rig.streamCalls.stream()
                .filter(call -> call.command() instanceof EnsureStream)
                .findFirst()
                .orElseThrow();
        rig.ask(new StreamCommand.SealStream(S));
        rig.ask(new StreamCommand.DeleteStream(S));
        assertThat(rig.ask(create)).isEqualTo(Outdated.INSTANCE);
        rig.crash();
        assertThat(rig.ask(create)).isEqualTo(Outdated.INSTANCE);
        assertThat(rig.store.segments).isEmpty();
    }

    @Test
    void whatWasCreatedAgainIsNotDeleted() {
        Rig rig = withStream(1);
        rig.ask(new StreamCommand.SealStream(S));
        rig.ask(new StreamCommand.DeleteStream(S));
        rig.ask(createStream(S, 1));
        for (Called late : List.copyOf(rig.streamCalls)) {
            assertThat(rig.ask(late)).as("%s", late).isEqualTo(Outdated.INSTANCE);
        }
        assertThat(rig.store.get("s/_MARKa/1.#epoch.0").sealed).isFalse();
    }

    @Test
    void whatWasCancelledIsNotSubscribedAgain() {
        Rig rig = withStream(1);
        Called add =
                new Called(new CallStamp(5, 2, 7, new Progress(8, List.of(7L))), new AddSubscriber(S, "s/g", GROUP, 0));
        Called remove =
                new Called(new CallStamp(5, 2, 8, new Progress(9, List.of(8L))), new RemoveSubscriber(S, "s/g", GROUP));
        assertThat(rig.ask(add)).isEqualTo(UpdateSubscriberStatus.SUCCESS);
        assertThat(rig.ask(remove)).isEqualTo(UpdateSubscriberStatus.SUCCESS);
        assertThat(rig.ask(add)).isEqualTo(Outdated.INSTANCE);
        rig.snapshot();
        rig.crash();
        assertThat(rig.ask(add)).isEqualTo(Outdated.INSTANCE);
        assertThat(rig.ask(new StreamCommand.ListSubscribers(S)))
                .isEqualTo(new Subscribers(SubscribersStatus.SUCCESS, List.of()));
    }

    @Test
    void aRepeatKeepsItsNumber() {
        Rig rig = new Rig();
        rig.ask(new StreamCommand.CreateScope("s"));
        rig.silent = true;
        rig.submit(createStream(S, 1));
        rig.step();
        rig.now += 30_000;
        rig.step();
        List<SegmentCommand.Called> creations = rig.segmentCalls.stream()
                .filter(call -> call.segment().startsWith("s/a/"))
                .toList();
        assertThat(creations).hasSize(2);
        assertThat(creations.get(1)).isEqualTo(creations.get(0));
        assertThat(creations.get(0).stamp()).isEqualTo(new CallStamp(0, 1, 1, new Progress(2, List.of(1L))));
    }

    /** A call says what its owner is done with, so that nothing that was before it can come after it. */
    @Test
    void laterStepsOutdateEarlierOnes() {
        Rig rig = withStream(1);
        rig.ask(new StreamCommand.SealStream(S));
        rig.crash();
        rig.ask(new StreamCommand.DeleteStream(S));
        List<SegmentCommand.Called> calls = rig.segmentCalls.stream()
                .filter(call -> call.segment().equals("s/a/0.#epoch.0"))
                .toList();
        assertThat(calls.stream().map(call -> call.command().getClass().getSimpleName()))
                .containsExactly("Create", "Seal", "Delete");
        Progress sealing = calls.get(1).stamp().progress();
        assertThat(sealing.issued()).isGreaterThan(calls.get(0).stamp().number());
        assertThat(sealing.open()).containsExactly(calls.get(1).stamp().number());
        assertThat(calls.stream().map(call -> call.stamp().owner())).containsExactly(1L, 1L, 2L);
    }
}
