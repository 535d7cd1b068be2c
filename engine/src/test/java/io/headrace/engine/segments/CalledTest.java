/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.calls.CallStamp;
import io.headrace.engine.calls.CallStamp.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands of workflows that come late, twice, or from an owner of old. */
class CalledTest {
    private static final String SEGMENT = "s/t/0.#epoch.0";
    private static final String TRANSACTION = SEGMENT + "#transaction.00000000000000000000000000000001";
    private static final SegmentCommand CREATE = new SegmentCommand.Create(TRANSACTION, 0, 0, 0);
    private static final SegmentCommand DELETE = new SegmentCommand.Delete(TRANSACTION);
    private static final SegmentReply OK = SegmentReply.Ok.INSTANCE;
    private static final SegmentReply OUTDATED = new SegmentReply.Outdated();

    /** The latest call of an owner, which is done with all before it but those that are still open. */
    private static SegmentCommand call(long owner, long number, SegmentCommand command, Long... open) {
        List<Long> all = new ArrayList<>(List.of(open));
        all.add(number);
        return new SegmentCommand.Called(new CallStamp(3, owner, number, new Progress(number + 1, all)), command);
    }

    @Test
    void whatIsDeletedStaysDeleted() {
        try (Rig rig = new Rig()) {
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OK);
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(new SegmentReply.AlreadyExists());
            assertThat(rig.get(call(1, 2, DELETE))).isEqualTo(OK);
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OUTDATED);
            rig.crash();
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OUTDATED);
            rig.handOver();
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OUTDATED);
            assertThat(rig.get(call(1, 2, DELETE))).isEqualTo(new SegmentReply.NoSuchSegment(TRANSACTION));
        }
    }

    @Test
    void whatWasNeverThereIsNotMadeByAnOwnerOfOld() {
        try (Rig rig = new Rig()) {
            assertThat(rig.get(call(2, 1, DELETE))).isEqualTo(new SegmentReply.NoSuchSegment(TRANSACTION));
            rig.crash();
            assertThat(rig.get(call(1, 9, CREATE))).isEqualTo(OUTDATED);
        }
    }

    @Test
    void whatIsMergedStaysMerged() {
        try (Rig rig = new Rig()) {
            rig.create(SEGMENT);
            rig.get(call(1, 1, CREATE));
            SegmentReply merged = rig.get(call(1, 2, new SegmentCommand.MergeBatch(SEGMENT, List.of(TRANSACTION))));
            assertThat(merged).isEqualTo(new SegmentReply.Merged(List.of(0L)));
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OUTDATED);
        }
    }

    @Test
    void theNewestPolicyStays() {
        try (Rig rig = new Rig()) {
            rig.create(SEGMENT);
            SegmentCommand first = call(1, 1, new SegmentCommand.UpdatePolicy(SEGMENT, 1, 10));
            assertThat(rig.get(first)).isEqualTo(OK);
            assertThat(rig.get(call(1, 2, new SegmentCommand.UpdatePolicy(SEGMENT, 2, 20))))
                    .isEqualTo(OK);
            assertThat(rig.get(first)).isEqualTo(OUTDATED);
        }
    }

    /** Calls that a workflow still waits for are not outdated by those that it has made since; others are. */
    @Test
    void callsSideBySide() {
        try (Rig rig = new Rig()) {
            rig.get(call(1, 1, CREATE));
            assertThat(rig.get(call(1, 3, DELETE, 2L))).isEqualTo(OK);
            assertThat(rig.get(call(1, 1, CREATE))).isEqualTo(OUTDATED);
            assertThat(rig.get(call(1, 2, new SegmentCommand.Create(SEGMENT, 0, 0, 0))))
                    .isEqualTo(OK);
        }
    }

    /** Whatever a workflow is told must not come from an owner of old, who might know of less than there is. */
    @Test
    void answersAreConfirmed() {
        try (Rig rig = new Rig()) {
            rig.create(SEGMENT);
            rig.log.paused = true;
            Rig.Answer client = rig.ask(new SegmentCommand.GetInfo(SEGMENT));
            Rig.Answer workflow = rig.ask(call(1, 1, new SegmentCommand.GetInfo(SEGMENT)));
            assertThat(client.isPending()).isFalse();
            assertThat(workflow.isPending()).isTrue();
            rig.resume();
            assertThat(workflow.reply).isEqualTo(client.reply);
        }
    }
}
