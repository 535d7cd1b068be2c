/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.codecs.wire.AppendCommand.SetupAppend;
import io.headrace.codecs.wire.AppendReply.DataAppended;
import io.headrace.codecs.wire.FailureReply.ErrorMessage;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.FailureReply.SegmentAlreadyExists;
import io.headrace.codecs.wire.FailureReply.SegmentIsSealed;
import io.headrace.codecs.wire.FailureReply.SegmentIsTruncated;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.SegmentReply.MergedSource;
import io.headrace.codecs.wire.SegmentReply.SegmentAttribute;
import io.headrace.codecs.wire.SegmentReply.SegmentAttributeUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentCreated;
import io.headrace.codecs.wire.SegmentReply.SegmentDeleted;
import io.headrace.codecs.wire.SegmentReply.SegmentPolicyUpdated;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentReply.SegmentSealed;
import io.headrace.codecs.wire.SegmentReply.SegmentTruncated;
import io.headrace.codecs.wire.SegmentReply.SegmentsBatchMerged;
import io.headrace.codecs.wire.SegmentReply.SegmentsMerged;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.AttributeUpdate;
import io.headrace.codecs.wire.SegmentRequest.CreateSegment;
import io.headrace.codecs.wire.SegmentRequest.CreateTransientSegment;
import io.headrace.codecs.wire.SegmentRequest.DeleteSegment;
import io.headrace.codecs.wire.SegmentRequest.GetSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.MergeSegments;
import io.headrace.codecs.wire.SegmentRequest.MergeSegmentsBatch;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.SegmentRequest.SealSegment;
import io.headrace.codecs.wire.SegmentRequest.TruncateSegment;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentAttribute;
import io.headrace.codecs.wire.SegmentRequest.UpdateSegmentPolicy;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each request is answered with, in success and in failure. */
final class WireRequestsTest {
    private static final long ID = 0x1_0000_0007L;
    private static final String SEGMENT = "s/a/0.#epoch.0";
    private static final String MISSING = "s/a/7.#epoch.0";
    private static final UUID WRITER = new UUID(1, 2);

    private final TestStore store = new TestStore();
    private final WireClient client = store.connect();

    @BeforeEach
    void create() {
        client.createSegment(SEGMENT);
    }

    @AfterEach
    void close() {
        client.close();
        store.close();
    }

    private void write(String segment, int bytes) {
        client.setUp(WRITER, segment, ID, Long.MIN_VALUE);
        client.append(WRITER, 1, 1, new byte[bytes], ID);
        assertThat(client.read(DataAppended.class).currentSegmentWriteOffset()).isEqualTo(bytes);
    }

    private void seal(String segment) {
        client.assertAnswer(new SealSegment(ID, segment, ""), new SegmentSealed(ID, segment));
    }

    @Test
    void helloAndKeepAliveAreMirrored() {
        client.assertAnswer(new Hello(16, 5), Hello.CURRENT);
        client.assertAnswer(new Hello(17, 5), Hello.CURRENT);
        client.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
    }

    @Test
    void createTwice() {
        client.assertAnswer(new CreateSegment(ID, SEGMENT, 0, 0, "", 0), new SegmentAlreadyExists(ID, SEGMENT));
    }

    @Test
    void sealAndSealAgain() {
        seal(SEGMENT);
        client.assertAnswer(new SealSegment(ID, SEGMENT, ""), new SegmentIsSealed(ID, SEGMENT, -1));
        client.assertAnswer(new SealSegment(ID, MISSING, ""), new NoSuchSegment(ID, MISSING, -1));
        client.assertAnswer(new UpdateSegmentPolicy(ID, SEGMENT, 1, 1, ""), new SegmentIsSealed(ID, SEGMENT, -1));
    }

    @Test
    void deleteAndDeleteAgain() {
        client.assertAnswer(new DeleteSegment(ID, SEGMENT, ""), new SegmentDeleted(ID, SEGMENT));
        client.assertAnswer(new DeleteSegment(ID, SEGMENT, ""), new NoSuchSegment(ID, SEGMENT, -1));
        client.assertAnswer(new SetupAppend(ID, WRITER, SEGMENT, ""), new NoSuchSegment(ID, SEGMENT, -1));
    }

    @Test
    void truncate() {
        write(SEGMENT, 100);
        client.assertAnswer(new TruncateSegment(ID, SEGMENT, 40, ""), new SegmentTruncated(ID, SEGMENT));
        client.assertAnswer(new TruncateSegment(ID, SEGMENT, 40, ""), new SegmentTruncated(ID, SEGMENT));
        client.assertAnswer(new TruncateSegment(ID, SEGMENT, 39, ""), new SegmentIsTruncated(ID, SEGMENT, 40, 39));
        client.assertAnswer(new TruncateSegment(ID, SEGMENT, 101, ""), new SegmentIsTruncated(ID, SEGMENT, 40, 101));
        client.assertAnswer(new TruncateSegment(ID, MISSING, 5, ""), new NoSuchSegment(ID, MISSING, 5));
        client.assertAnswer(new ReadSegment(SEGMENT, 39, 10, "", ID), new SegmentIsTruncated(ID, SEGMENT, 40, 39));
    }

    @Test
    void policy() {
        client.assertAnswer(new UpdateSegmentPolicy(ID, SEGMENT, 10, 2, ""), new SegmentPolicyUpdated(ID, SEGMENT));
        client.assertAnswer(new UpdateSegmentPolicy(ID, MISSING, 10, 2, ""), new NoSuchSegment(ID, MISSING, -1));
    }

    @Test
    void info() {
        write(SEGMENT, 30);
        StreamSegmentInfo info = (StreamSegmentInfo) client.ask(new GetStreamSegmentInfo(ID, SEGMENT, ""));
        assertThat(info).isEqualTo(new StreamSegmentInfo(ID, SEGMENT, true, false, false, info.lastModified(), 30, 0));
        assertThat(info.lastModified()).isPositive();
        client.assertAnswer(new GetStreamSegmentInfo(ID, MISSING, ""), new NoSuchSegment(ID, MISSING, -1));
    }

    @Test
    void attributes() {
        UUID attribute = new UUID(3, 4);
        client.assertAnswer(
                new GetSegmentAttribute(ID, SEGMENT, attribute, ""), new SegmentAttribute(ID, Long.MIN_VALUE));
        client.assertAnswer(
                new UpdateSegmentAttribute(ID, SEGMENT, attribute, 5, Long.MIN_VALUE, ""),
                new SegmentAttributeUpdated(ID, true));
        client.assertAnswer(
                new UpdateSegmentAttribute(ID, SEGMENT, attribute, 6, 4, ""), new SegmentAttributeUpdated(ID, false));
        client.assertAnswer(new GetSegmentAttribute(ID, SEGMENT, attribute, ""), new SegmentAttribute(ID, 5));
        seal(SEGMENT);
        client.assertAnswer(
                new UpdateSegmentAttribute(ID, SEGMENT, attribute, 6, 5, ""), new SegmentIsSealed(ID, SEGMENT, -1));
        client.assertAnswer(new GetSegmentAttribute(ID, MISSING, attribute, ""), new NoSuchSegment(ID, MISSING, -1));
    }

    @Test
    void mergeNamesItsSource() {
        String source = SEGMENT + "#transaction.00000000000000000000000000000001";
        client.createSegment(source);
        write(source, 25);
        client.assertAnswer(
                new MergeSegments(ID, SEGMENT, source, "", List.of()), new SegmentsMerged(ID, SEGMENT, source, 25));
        client.assertAnswer(new MergeSegments(ID, SEGMENT, source, "", List.of()), new NoSuchSegment(ID, source, -1));
        client.createSegment(source);
        seal(SEGMENT);
        client.assertAnswer(new MergeSegments(ID, SEGMENT, source, "", List.of()), new SegmentIsSealed(ID, source, -1));
    }

    @Test
    void mergeIntoNothingNamesTheSource() {
        String source = MISSING + "#transaction.00000000000000000000000000000001";
        client.createSegment(source);
        client.assertAnswer(new MergeSegments(ID, MISSING, source, "", List.of()), new NoSuchSegment(ID, source, -1));
    }

    @Test
    void mergeUnderACondition() {
        String source = SEGMENT + "#transaction.00000000000000000000000000000001";
        UUID attribute = new UUID(3, 4);
        client.createSegment(source);
        client.assertAnswer(
                new MergeSegments(ID, SEGMENT, source, "", List.of(new AttributeUpdate(attribute, 4, 2, 1))),
                new SegmentAttributeUpdated(ID, false));
        client.assertAnswer(
                new MergeSegments(
                        ID, SEGMENT, source, "", List.of(new AttributeUpdate(attribute, 4, 2, Long.MIN_VALUE))),
                new SegmentsMerged(ID, SEGMENT, source, 0));
    }

    @Test
    void mergeBatch() {
        String first = SEGMENT + "#transaction.00000000000000000000000000000001";
        String second = SEGMENT + "#transaction.00000000000000000000000000000002";
        client.createSegment(second);
        write(second, 10);
        client.assertAnswer(
                new MergeSegmentsBatch(ID, SEGMENT, List.of(first, second), ""),
                new SegmentsBatchMerged(
                        ID, SEGMENT, List.of(new MergedSource(first, 0), new MergedSource(second, 10))));
        client.assertAnswer(
                new MergeSegmentsBatch(ID, SEGMENT, List.of(), ""), new SegmentsBatchMerged(ID, SEGMENT, List.of()));
        client.assertAnswer(new MergeSegmentsBatch(ID, MISSING, List.of(), ""), new NoSuchSegment(ID, MISSING, -1));
        seal(SEGMENT);
        client.assertAnswer(
                new MergeSegmentsBatch(ID, SEGMENT, List.of(first), ""), new SegmentIsSealed(ID, SEGMENT, -1));
    }

    @Test
    void segmentsOfDifferentPartitionsAreNotMerged() {
        String stranger = strangerTo(SEGMENT);
        assertThat(client.ask(new MergeSegments(ID, SEGMENT, stranger, "", List.of())))
                .isInstanceOfSatisfying(ErrorMessage.class, error -> {
                    assertThat(error.requestId()).isEqualTo(ID);
                    assertThat(error.errorCode()).isEqualTo(ErrorMessage.ILLEGAL_ARGUMENT);
                });
        assertThat(client.ask(new MergeSegmentsBatch(ID, SEGMENT, List.of(stranger), "")))
                .isInstanceOf(ErrorMessage.class);
    }

    @Test
    void transientSegmentsEndWithTheirConnection() {
        String name;
        try (WireClient other = store.connect()) {
            name = ((SegmentCreated) other.ask(new CreateTransientSegment(ID, WRITER, SEGMENT, ""))).segment();
            assertThat(name)
                    .matches("s/a/0\\.#epoch\\.0#transient\\." + "00000000000000010000000000000002\\.[0-9a-f]{32}");
            SegmentCreated another = (SegmentCreated) other.ask(new CreateTransientSegment(ID, WRITER, SEGMENT, ""));
            assertThat(another.segment()).isNotEqualTo(name);
            assertThat(client.ask(new GetStreamSegmentInfo(ID, name, ""))).isInstanceOf(StreamSegmentInfo.class);
        }
        TestStore.eventually(
                "the transient segment is deleted",
                () -> client.ask(new GetStreamSegmentInfo(ID, name, "")) instanceof NoSuchSegment);
    }

    @Test
    void reads() {
        client.setUp(WRITER, SEGMENT, ID, Long.MIN_VALUE);
        byte[] data = "0123456789".getBytes(StandardCharsets.US_ASCII);
        client.append(WRITER, 1, 1, data, ID).read(DataAppended.class);
        assertRead(new ReadSegment(SEGMENT, 2, 5, "", ID), "23456");
        assertRead(new ReadSegment(SEGMENT, 2, 100, "", ID), "23456789");
        assertRead(new ReadSegment(SEGMENT, 2, 0, "", ID), "23456789");
        client.assertAnswer(new ReadSegment(MISSING, 9, 5, "", ID), new NoSuchSegment(ID, MISSING, 9));
        assertThat(client.ask(new ReadSegment(SEGMENT, -1, 5, "", ID))).isInstanceOf(ErrorMessage.class);
        seal(SEGMENT);
        SegmentRead end = (SegmentRead) client.ask(new ReadSegment(SEGMENT, 10, 5, "", ID));
        assertThat(end.endOfSegment()).isTrue();
        assertThat(end.data().isReadable()).isFalse();
    }

    @Test
    void segmentsOfOtherNodes() {
        store.partitions.place(store.partitions.indexOf(SEGMENT), null);
        WrongHost wrongHost = new WrongHost(ID, SEGMENT);
        client.assertAnswer(new GetStreamSegmentInfo(ID, SEGMENT, ""), wrongHost);
        client.assertAnswer(new ReadSegment(SEGMENT, 0, 1, "", ID), wrongHost);
        client.assertAnswer(new SetupAppend(ID, WRITER, SEGMENT, ""), wrongHost);
        client.append(WRITER, 1, 1, new byte[1], ID);
        assertThat(client.read()).isEqualTo(wrongHost);
    }

    private void assertRead(ReadSegment request, String expected) {
        WireCommand reply = client.ask(request);
        assertThat(reply).isInstanceOfSatisfying(SegmentRead.class, read -> {
            assertThat(read.data().toString(StandardCharsets.US_ASCII)).isEqualTo(expected);
            assertThat(read.segment()).isEqualTo(request.segment());
            assertThat(read.offset()).isEqualTo(request.offset());
            assertThat(read.requestId()).isEqualTo(ID);
            assertThat(read.endOfSegment()).isFalse();
        });
    }

    private String strangerTo(String segment) {
        int owner = store.partitions.indexOf(segment);
        for (int i = 0; ; i++) {
            String candidate = "s/b/" + i + ".#epoch.0";
            if (store.partitions.indexOf(candidate) != owner) {
                return candidate;
            }
        }
    }
}
