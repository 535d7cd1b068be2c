/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import static io.headrace.engine.streams.Commands.S;
import static io.headrace.engine.streams.Commands.cut;
import static io.headrace.engine.streams.Commands.withStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CreateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.DeleteReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.NamePage;
import io.headrace.engine.streams.StreamReply.ReaderGroup;
import io.headrace.engine.streams.StreamReply.ReaderGroupCreated;
import io.headrace.engine.streams.StreamReply.ReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroupUpdated;
import io.headrace.engine.streams.StreamReply.Subscribers;
import io.headrace.engine.streams.StreamReply.SubscribersStatus;
import io.headrace.engine.streams.StreamReply.UpdateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReaderGroupsTest {
    private static final UUID ID = new UUID(1, 2);
    private static final StreamName B = new StreamName("s", "b");

    private static ReaderGroupConfiguration over(int retentionType, StreamName... streams) {
        return ReaderGroupConfiguration.over(ID, retentionType, streams);
    }

    private static ReaderGroupCreated create(Rig rig, String group, ReaderGroupConfiguration configuration) {
        return (ReaderGroupCreated) rig.ask(new StreamCommand.CreateReaderGroup("s", group, configuration));
    }

    private static List<String> subscribers(Rig rig, StreamName stream) {
        return ((Subscribers) rig.ask(new StreamCommand.ListSubscribers(stream))).subscribers();
    }

    private static ReaderGroupUpdated update(Rig rig, ReaderGroupConfiguration configuration) {
        return (ReaderGroupUpdated) rig.ask(new StreamCommand.UpdateReaderGroup("s", "g", configuration));
    }

    @Test
    void creation() {
        Rig rig = withStream(1);
        ReaderGroupConfiguration stored = over(0, S);
        assertThat(create(rig, "g", stored)).isEqualTo(new ReaderGroupCreated(CreateReaderGroupStatus.SUCCESS, stored));
        assertThat(create(rig, "g", over(1, S, B)).configuration()).isEqualTo(stored);
        assertThat(create(rig, "b_g", stored).status()).isEqualTo(CreateReaderGroupStatus.INVALID_RG_NAME);
        assertThat(create(rig, "_g", stored).status()).isEqualTo(CreateReaderGroupStatus.INVALID_RG_NAME);
        assertThat(rig.ask(new StreamCommand.CreateReaderGroup("none", "g", stored)))
                .isEqualTo(new ReaderGroupCreated(CreateReaderGroupStatus.SCOPE_NOT_FOUND, null));
        assertThat(create(rig, "h", over(7, S)).status()).isEqualTo(CreateReaderGroupStatus.FAILURE);
        assertThat(((NamePage) rig.ask(new StreamCommand.ListStreams("s", "", 100))).names())
                .containsExactly("_MARK_RGg", "_MARKa", "_RGg", "a");
        assertThat(rig.store.get("s/_RGg/0.#epoch.0").rolloverBytes).isEqualTo(4 << 20);
        rig.crash();
        assertThat(rig.ask(new StreamCommand.GetReaderGroup("s", "g")))
                .isEqualTo(new ReaderGroup(ReaderGroupStatus.SUCCESS, stored));
        assertThat(rig.ask(new StreamCommand.GetReaderGroup("s", "none")))
                .isEqualTo(new ReaderGroup(ReaderGroupStatus.RG_NOT_FOUND, null));
        assertThat(rig.ask(new StreamCommand.GetReaderGroup("none", "g")))
                .isInstanceOfSatisfying(Failed.class, f -> assertThat(f.code()).isEqualTo(Code.NOT_FOUND));
        assertThat(rig.ask(new StreamCommand.DeleteScope("s")))
                .isEqualTo(StreamReply.DeleteScopeStatus.SCOPE_NOT_EMPTY);
    }

    @Test
    void withoutAnIdOneIsChosen() {
        Rig rig = withStream(1);
        ReaderGroupConfiguration wanted = ReaderGroupConfiguration.over(ReaderGroupConfiguration.NO_ID, 0, S)
                .with(ReaderGroupConfiguration.NO_ID, 5);
        assertThat(create(rig, "g", wanted).configuration())
                .isInstanceOfSatisfying(ReaderGroupConfiguration.class, stored -> {
                    assertThat(stored.id()).isNotEqualTo(ReaderGroupConfiguration.NO_ID);
                    assertThat(stored.generation()).isZero();
                });
    }

    @Test
    void updates() {
        Rig rig = withStream(1);
        rig.ask(Commands.createStream(B, 1));
        assertThat(update(rig, over(0, S)).status()).isEqualTo(UpdateReaderGroupStatus.RG_NOT_FOUND);
        create(rig, "g", over(0, S));
        assertThat(subscribers(rig, S)).isEmpty();
        assertThat(update(rig, over(2, S))).isEqualTo(new ReaderGroupUpdated(UpdateReaderGroupStatus.SUCCESS, 1));
        assertThat(subscribers(rig, S)).containsExactly("s/g");
        assertThat(update(rig, over(2, S)).status()).isEqualTo(UpdateReaderGroupStatus.INVALID_CONFIG);
        assertThat(update(rig, over(2, S).with(new UUID(9, 9), 1)).status())
                .isEqualTo(UpdateReaderGroupStatus.INVALID_CONFIG);
        assertThat(update(rig, over(2, B).with(ID, 1)).generation()).isEqualTo(2);
        assertThat(subscribers(rig, S)).isEmpty();
        assertThat(subscribers(rig, B)).containsExactly("s/g");
        rig.crash();
        assertThat(update(rig, over(0, B).with(ID, 2)).generation()).isEqualTo(3);
        assertThat(subscribers(rig, B)).isEmpty();
        Rig.Answer<StreamReply> running = rig.submit(
                new StreamCommand.UpdateReaderGroup("s", "g", over(1, B).with(ID, 3)));
        Rig.Answer<StreamReply> same = rig.submit(
                new StreamCommand.UpdateReaderGroup("s", "g", over(1, B).with(ID, 3)));
        Rig.Answer<StreamReply> other = rig.submit(
                new StreamCommand.UpdateReaderGroup("s", "g", over(1, S).with(ID, 3)));
        rig.settle();
        assertThat(running.reply).isEqualTo(new ReaderGroupUpdated(UpdateReaderGroupStatus.SUCCESS, 4));
        assertThat(same.reply).isEqualTo(running.reply);
        assertThat(other.reply).isEqualTo(new ReaderGroupUpdated(UpdateReaderGroupStatus.FAILURE, 0));
    }

    @Test
    void deletion() {
        Rig rig = withStream(1);
        create(rig, "g", over(2, S));
        assertThat(subscribers(rig, S)).containsExactly("s/g");
        assertThat(rig.ask(new StreamCommand.DeleteReaderGroup("s", "g", new UUID(9, 9))))
                .isEqualTo(DeleteReaderGroupStatus.RG_NOT_FOUND);
        Rig.Answer<StreamReply> deleted = rig.submit(new StreamCommand.DeleteReaderGroup("s", "g", ID));
        Rig.Answer<StreamReply> again = rig.submit(
                new StreamCommand.CreateReaderGroup("s", "g", ReaderGroupConfiguration.over(new UUID(3, 3), 0)));
        rig.settle();
        assertThat(deleted.reply).isEqualTo(DeleteReaderGroupStatus.SUCCESS);
        assertThat(again.reply).isInstanceOfSatisfying(ReaderGroupCreated.class, r -> assertThat(r.status())
                .isEqualTo(CreateReaderGroupStatus.SUCCESS));
        assertThat(subscribers(rig, S)).isEmpty();
        assertThat(rig.store.segments).containsKey("s/_RGg/1.#epoch.0").doesNotContainKey("s/_RGg/0.#epoch.0");
        assertThat(rig.ask(new StreamCommand.DeleteReaderGroup("s", "g", ID)))
                .isEqualTo(DeleteReaderGroupStatus.RG_NOT_FOUND);
    }

    @Test
    void missingStreamsAreLeftOut() {
        Rig rig = withStream(1);
        assertThat(create(rig, "g", over(2, S, B)).status()).isEqualTo(CreateReaderGroupStatus.SUCCESS);
        assertThat(rig.ask(new StreamCommand.ListSubscribers(B)))
                .isEqualTo(new Subscribers(SubscribersStatus.STREAM_NOT_FOUND, List.of()));
    }

    @Test
    void subscriberCuts() {
        Rig rig = withStream(2);
        create(rig, "g", over(2, S));
        assertThat(cutOf(rig, S, "s/g", ID, 0, cut(0, 5, 1, 5))).isEqualTo(UpdateSubscriberStatus.SUCCESS);
        assertThat(cutOf(rig, S, "s/g", ID, 0, cut(0, 5, 1, 5))).isEqualTo(UpdateSubscriberStatus.SUCCESS);
        assertThat(cutOf(rig, S, "s/g", ID, 0, cut(0, 4, 1, 5))).isEqualTo(UpdateSubscriberStatus.STREAM_CUT_NOT_VALID);
        assertThat(cutOf(rig, S, "s/g", ID, 0, cut(0, 9))).isEqualTo(UpdateSubscriberStatus.STREAM_CUT_NOT_VALID);
        assertThat(cutOf(rig, S, "s/g", ID, 0, cut(9, 9))).isEqualTo(UpdateSubscriberStatus.STREAM_CUT_NOT_VALID);
        assertThat(cutOf(rig, S, "s/g", ID, 1, cut(0, 5, 1, 5))).isEqualTo(UpdateSubscriberStatus.GENERATION_MISMATCH);
        assertThat(cutOf(rig, S, "s/g", new UUID(9, 9), 0, cut(0, 5, 1, 5)))
                .isEqualTo(UpdateSubscriberStatus.SUBSCRIBER_NOT_FOUND);
        assertThat(cutOf(rig, S, "s/h", ID, 0, cut(0, 5, 1, 5))).isEqualTo(UpdateSubscriberStatus.SUBSCRIBER_NOT_FOUND);
        assertThat(cutOf(rig, B, "s/g", ID, 0, cut(0, 5, 1, 5))).isEqualTo(UpdateSubscriberStatus.STREAM_NOT_FOUND);
    }

    private static StreamReply cutOf(
            Rig rig, StreamName stream, String subscriber, UUID id, long generation, StreamCut cut) {
        return rig.ask(new StreamCommand.UpdateSubscriberCut(stream, subscriber, id, generation, cut));
    }
}
