/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static io.headrace.engine.segments.Rig.CONNECTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.segments.Rig.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadTest {
    private final Rig rig = new Rig();

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void readsFromAnyOffsetAcrossAppends() {
        rig.open("s");
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 20; i++) {
            String text = "event" + i + ";";
            rig.append("s", i, text);
            all.append(text);
        }
        for (int offset = 0; offset < all.length(); offset++) {
            for (int length : new int[] {1, 7, 50, 1000}) {
                Answer answer = rig.read("s", offset, length);
                int end = Math.min(all.length(), offset + length);
                assertThat(answer.text()).isEqualTo(all.substring(offset, end));
                assertThat(answer.atTail()).isEqualTo(offset + length > all.length());
                assertThat(answer.endOfSegment()).isFalse();
            }
        }
    }

    @Test
    void neverReturnsMoreThanTwoMebibytes() {
        rig.open("s");
        byte[] large = new byte[5 << 20];
        new Random(3).nextBytes(large);
        rig.get(Rig.appending("s", 1, large));
        byte[] data = rig.read("s", 17, Integer.MAX_VALUE).data;
        assertThat(data).hasSize(2 << 20);
        assertThat(rig.readAll("s", 17, large.length)).endsWith(large[large.length - 1]);
    }

    @Test
    void waitsAtTheTailForData() {
        rig.open("s");
        Answer first = rig.read("s", 0);
        Answer second = rig.read("s", 0, 2);
        Answer beyond = rig.read("s", 4);
        assertThat(first.isPending() && second.isPending() && beyond.isPending())
                .isTrue();
        rig.append("s", 1, "");
        assertThat(first.isPending()).isTrue();
        rig.append("s", 2, "abc");
        assertThat(first.text()).isEqualTo("abc");
        assertThat(first.atTail()).isTrue();
        assertThat(second.text()).isEqualTo("ab");
        assertThat(second.atTail()).isFalse();
        assertThat(beyond.isPending()).isTrue();
        rig.append("s", 3, "d");
        assertThat(beyond.isPending()).isTrue();
        rig.append("s", 4, "ef");
        assertThat(beyond.text()).isEqualTo("ef");
        assertThat(rig.machine.waitingReads()).isZero();
    }

    @Test
    void aSealEndsWaitingReads() {
        rig.open("s");
        rig.append("s", 1, "abc");
        Answer atEnd = rig.read("s", 3);
        Answer beyond = rig.read("s", 10);
        rig.get(new SegmentCommand.Seal("s"));
        for (Answer answer : List.of(atEnd, beyond, rig.read("s", 3), rig.read("s", 99))) {
            assertThat(answer.text()).isEmpty();
            assertThat(answer.endOfSegment()).isTrue();
            assertThat(answer.atTail()).isTrue();
        }
        Answer last = rig.read("s", 1);
        assertThat(last.text()).isEqualTo("bc");
        assertThat(last.endOfSegment()).isTrue();
        Answer exact = rig.read("s", 1, 2);
        assertThat(exact.text()).isEqualTo("bc");
        assertThat(exact.endOfSegment()).isFalse();
    }

    @Test
    void aDeletionEndsWaitingReads() {
        rig.open("s");
        Answer waiting = rig.read("s", 0);
        rig.get(new SegmentCommand.Delete("s"));
        assertThat(waiting.reply).isEqualTo(new SegmentReply.NoSuchSegment("s"));
    }

    @Test
    void truncationToTheEndLetsReadsWaitOn() {
        rig.open("s");
        rig.append("s", 1, "abc");
        Answer waiting = rig.read("s", 3);
        rig.get(new SegmentCommand.Truncate("s", 3));
        assertThat(waiting.isPending()).isTrue();
        rig.append("s", 2, "d");
        assertThat(waiting.text()).isEqualTo("d");
    }

    @Test
    void refusesNonsense() {
        rig.open("s");
        assertThat(rig.read("s", -1).reply).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.read("s", 0, 0).reply).isInstanceOf(SegmentReply.BadArgument.class);
    }

    @Test
    void aConnectionMayHaveSoManyReadsWaiting() {
        rig.open("s");
        rig.open("t");
        List<Answer> waiting = new ArrayList<>();
        for (int i = 0; i < Connections.MAX_WAITING_READS; i++) {
            waiting.add(rig.read(i % 2 == 0 ? "s" : "t", i));
        }
        assertThat(rig.read("s", 0).reply).isInstanceOf(SegmentReply.BadArgument.class);
        assertThat(rig.ask(new SegmentCommand.Read("s", 0, 1, 2)).isPending()).isTrue();
        rig.append("s", 1, "a");
        assertThat(waiting.get(0).text()).isEqualTo("a");
        assertThat(waiting.stream().filter(Answer::isPending)).hasSize(Connections.MAX_WAITING_READS - 1);
        assertThat(rig.read("s", 1).isPending()).isTrue();
        rig.partition.abort("gone");
        assertThat(waiting.get(1).lost).isEqualTo("gone");
    }

    @Test
    void readsOldDataBackFromTheLog() {
        rig.open("s");
        rig.open("t");
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 50; i++) {
            rig.append("s", i, "event" + i + ";");
            rig.append("t", i, "other");
            all.append("event").append(i).append(';');
        }
        rig.crash();
        assertThat(rig.log.reads).isPositive();
        rig.log.reads = 0;
        assertThat(rig.readAll("s", 0, all.length())).isEqualTo(all.toString().getBytes(StandardCharsets.US_ASCII));
        assertThat(rig.log.reads).isPositive();
        rig.log.reads = 0;
        assertThat(rig.read("s", 10, 5).text()).isEqualTo(all.substring(10, 15));
        assertThat(rig.log.reads).as("in memory now").isZero();
    }

    @Test
    void aReadThatWaitsForTheLogIsAnsweredAnewWhenItsSegmentHasChanged() {
        rig.open("s");
        rig.append("s", 1, "abc");
        rig.append("s", 2, "def");
        rig.crash();
        Answer read = new Answer();
        rig.partition.submit(new SegmentCommand.Read("s", 0, 10, CONNECTION), read);
        rig.partition.submit(new SegmentCommand.Truncate("s", 4), new Answer());
        Answer second = new Answer();
        rig.partition.submit(new SegmentCommand.Read("s", 4, 10, CONNECTION), second);
        rig.run();
        assertThat(read.reply).isEqualTo(new SegmentReply.Truncated(4));
        assertThat(second.text()).isEqualTo("ef");
    }

    @Test
    void committedDataIsReadAtOnceAndTheRestWhenItIsDurable() {
        rig.open("s");
        rig.append("s", 1, "abc");
        rig.log.paused = true;
        Answer append = rig.ask(Rig.appending("s", 2, "def"));
        rig.ask(Rig.appending("s", 3, "ghi"));
        assertThat(append.isPending()).isTrue();
        assertThat(rig.read("s", 1).text()).isEqualTo("bc");
        Answer rest = rig.read("s", 3);
        Answer part = rig.read("s", 3, 3);
        Answer tail = rig.read("s", 9);
        rig.ask(Rig.appending("s", 4, "jkl"));
        assertThat(rest.isPending()).isTrue();
        rig.log.sync(1);
        rig.run();
        assertThat(append.isPending()).isFalse();
        assertThat(part.text()).isEqualTo("def");
        assertThat(rest.isPending()).isTrue();
        rig.log.sync(1);
        rig.run();
        assertThat(rest.text()).isEqualTo("defghi");
        assertThat(tail.isPending()).isTrue();
        rig.crash();
        assertThat(tail.lost).isNotNull();
        assertThat(rig.read("s", 0).text()).isEqualTo("abcdefghi");
    }

    @Test
    void anEndOfSegmentIsToldWhenTheSealIsDurable() {
        rig.open("s");
        rig.append("s", 1, "abc");
        Answer waiting = rig.read("s", 3);
        rig.log.paused = true;
        Answer seal = rig.ask(new SegmentCommand.Seal("s"));
        Answer last = rig.read("s", 0);
        Answer part = rig.read("s", 0, 3);
        Answer refused = rig.ask(new SegmentCommand.Seal("s"));
        assertThat(part.text()).isEqualTo("abc");
        assertThat(waiting.isPending() && last.isPending() && seal.isPending() && refused.isPending())
                .isTrue();
        rig.resume();
        assertThat(waiting.endOfSegment()).isTrue();
        assertThat(last.text()).isEqualTo("abc");
        assertThat(last.endOfSegment()).isTrue();
        assertThat(refused.reply).isEqualTo(new SegmentReply.Sealed("s"));
    }

    @Test
    void answersAboutOneSegmentDoNotWaitForOthers() {
        rig.open("s");
        rig.open("t");
        rig.append("s", 1, "abc");
        rig.log.paused = true;
        rig.ask(Rig.appending("t", 1, "x"));
        assertThat(rig.info("s").length()).isEqualTo(3);
        assertThat(rig.setUp("s")).isEqualTo(new SegmentReply.AppendReady(1));
        assertThat(rig.ask(new SegmentCommand.GetInfo("t")).isPending()).isTrue();
        assertThat(rig.ask(new SegmentCommand.GetInfo("u")).isPending()).isTrue();
    }

    @Test
    void joinsManySmallAndFewLargePieces() {
        rig.open("s");
        Random random = new Random(5);
        byte[] all = new byte[3 << 20];
        random.nextBytes(all);
        int at = 0;
        for (int number = 1; at < all.length; number++) {
            int length = Math.min(all.length - at, number < 9000 ? random.nextInt(64) : 300_000);
            rig.partition.submit(
                    Rig.appending("s", number, java.util.Arrays.copyOfRange(all, at, at + length)), new Answer());
            at += length;
        }
        rig.run();
        assertThat(rig.readAll("s", 0, all.length)).isEqualTo(all);
        rig.crash();
        assertThat(rig.readAll("s", 0, all.length)).isEqualTo(all);
    }
}
