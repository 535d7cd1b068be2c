/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.segments.Model.Plain;
import io.headrace.engine.segments.Rig.Answer;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands, slow logs, checkpoints, crashes and hand-overs against a {@link Model}. Checked are every reply, that
 * nothing is answered which a crash could still take back, and after each change of owner the whole state.
 */
class ModelTest {
    private static final int STEPS = 4000;
    private static final int NAMES = 8;
    private static final UUID[] IDS = {new UUID(1, 1), new UUID(1, 2), new UUID(77, 1)};
    private static final UUID SERVER = new UUID(88, 1);

    /** A command in work, with what the model knew when it was executed. */
    private record Asked(
            SegmentCommand command,
            Answer answer,
            @Nullable SegmentReply expected,
            @Nullable Plain plain) {}

    private final TreeMap<Long, Model> history = new TreeMap<>();
    private final List<Asked> open = new ArrayList<>();
    private Model model = new Model();
    private Random random = new Random(0);
    private Rig rig = new Rig();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatTheModelDoes(int seed) {
        random = new Random(seed);
        rig.close();
        rig = new Rig(new PartitionOptions(1024, 8 << 20, 2 << 20, 100_000, 200));
        remember();
        for (int step = 0; step < STEPS; step++) {
            try {
                step();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", step " + step, e);
            }
        }
        checkEverything();
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private void step() {
        rig.now += random.nextInt(3);
        int kind = random.nextInt(1000);
        if (kind < 5) {
            crash();
        } else if (kind < 8) {
            rig.resume();
            checkOpen();
            rig.handOver();
            checkLost();
            model = model.recovered();
            restart();
        } else if (kind < 12) {
            checkEverything();
        } else if (kind < 60) {
            rig.partition.tick();
            rig.run();
        } else if (kind < 100) {
            rig.log.paused = true;
        } else if (kind < 130) {
            rig.resume();
        } else if (kind < 180) {
            rig.log.sync(1 + random.nextInt(3));
            rig.run();
        } else if (kind < 200) {
            ask(randomCommand(1_200_000 + random.nextInt(2_000_000)));
        } else {
            for (int commands = random.nextInt(4); commands >= 0; commands--) {
                submit(randomCommand(random.nextInt(10) == 0 ? 40_000 : 100));
            }
            rig.run();
        }
        assertThat(rig.lost).isNull();
        remember();
        checkOpen();
    }

    private void ask(SegmentCommand command) {
        submit(command);
        rig.run();
    }

    private void submit(SegmentCommand command) {
        Answer answer = new Answer();
        if (command instanceof SegmentCommand.Read) {
            open.add(new Asked(command, answer, null, model.segments.get(command.segment())));
            rig.partition.submit(command, answer);
            return;
        }
        if (command instanceof SegmentCommand.Disconnected gone) {
            open.removeIf(asked -> asked.command instanceof SegmentCommand.Read read
                    && read.connection() == gone.connection()
                    && mustWait(read, asked.plain));
        }
        // The partition's clock never goes back and neither does ours, so both see the same time.
        SegmentReply expected = model.execute(command, rig.now);
        if (expected != null) {
            open.add(new Asked(command, answer, expected, model.segments.get(command.segment())));
        }
        rig.partition.submit(command, answer);
    }

    private SegmentCommand randomCommand(int bytes) {
        String name = name();
        Plain plain = model.segments.get(name);
        int length = plain == null ? 10 : plain.bytes.length;
        long connection = 1L + random.nextInt(3);
        UUID id = IDS[random.nextInt(IDS.length)];
        long value = plain == null ? SegmentCommand.NO_VALUE : Model.value(plain, id);
        int kind = bytes > 100_000 ? 21 : random.nextInt(100);
        if (kind < 6) {
            return new SegmentCommand.Create(name, random.nextInt(3), random.nextInt(100), random.nextInt(2) * 4096L);
        } else if (kind < 8) {
            return new SegmentCommand.CreateTransient(name, connection);
        } else if (kind < 18) {
            return new SegmentCommand.SetupAppend(name, id, connection);
        } else if (kind < 21) {
            byte[] data = new byte[1 + random.nextInt(bytes)];
            random.nextBytes(data);
            long offset = random.nextInt(3) == 0 ? random.nextInt(length + 2) : length;
            return new SegmentCommand.AppendAt(name, SERVER, offset, Unpooled.wrappedBuffer(data));
        } else if (kind < 55) {
            byte[] data = new byte[random.nextInt(bytes)];
            random.nextBytes(data);
            Long bound = plain == null ? null : plain.bindings.get(id);
            long number = value == SegmentCommand.NO_VALUE ? 1 : value + random.nextInt(8) - (long) random.nextInt(2);
            long expected = random.nextInt(5) > 0 ? -1 : length + random.nextInt(2);
            return new SegmentCommand.Append(
                    name,
                    id,
                    bound != null && random.nextInt(10) > 0 ? bound : connection,
                    number,
                    1 + random.nextInt(5),
                    expected,
                    Unpooled.wrappedBuffer(data));
        } else if (kind < 78) {
            int near = random.nextInt(4);
            long offset = near == 0 ? length + random.nextInt(20) - 2 : random.nextInt(length + 1);
            int maxLength = random.nextInt(3) == 0 ? 1 + random.nextInt(50) : random.nextInt(3 << 20);
            return new SegmentCommand.Read(name, offset, maxLength, connection);
        } else if (kind < 82) {
            return new SegmentCommand.GetInfo(name);
        } else if (kind < 84) {
            return new SegmentCommand.GetAttribute(
                    name, random.nextBoolean() ? id : new UUID(Long.MIN_VALUE, random.nextInt(5)));
        } else if (kind < 87) {
            long expected = random.nextInt(3) == 0 ? 5 : value;
            return new SegmentCommand.UpdateAttribute(
                    name, id, random.nextInt(3) == 0 ? SegmentCommand.NO_VALUE : random.nextInt(100), expected);
        } else if (kind < 88) {
            return new SegmentCommand.UpdatePolicy(name, random.nextInt(3), random.nextInt(1000));
        } else if (kind < 89) {
            return new SegmentCommand.Seal(name);
        } else if (kind < 92) {
            return new SegmentCommand.Truncate(name, random.nextInt(length + 2) - (random.nextInt(9) == 0 ? 5 : 0));
        } else if (kind < 94 || length > 6 << 20) {
            return new SegmentCommand.Delete(name);
        } else if (kind < 97) {
            var condition = new SegmentCommand.AttributeCondition(id, 4, 9, random.nextBoolean() ? value : 7);
            return new SegmentCommand.Merge(name, name(), random.nextBoolean() ? List.of() : List.of(condition));
        } else if (kind < 98) {
            return new SegmentCommand.MergeBatch(name, List.of(name(), name()));
        }
        return new SegmentCommand.Disconnected(connection);
    }

    private String name() {
        return "s" + random.nextInt(NAMES);
    }

    /** The state that a crash leaves if the log has frames up to now. */
    private void remember() {
        history.headMap(history.isEmpty() ? 0 : orFirst(rig.log.lastDurable())).clear();
        history.put(rig.log.lastDurable() + rig.log.unsynced(), model.copy());
    }

    private long orFirst(long frame) {
        Long floor = history.floorKey(frame);
        return floor == null ? history.firstKey() : floor;
    }

    private Model durable() {
        return history.floorEntry(rig.log.lastDurable()).getValue();
    }

    private void crash() {
        checkOpen();
        Model survivor = durable();
        rig.crash();
        checkLost();
        model = survivor.recovered();
        restart();
    }

    private void restart() {
        history.clear();
        remember();
        checkEverything();
    }

    private void checkLost() {
        for (Asked asked : open) {
            assertThat(asked.answer.lost).as("%s", asked.command).isNotNull();
        }
        open.clear();
    }

    private boolean mustWait(SegmentCommand.Read read, @Nullable Plain plain) {
        return plain != null
                && model.segments.get(read.segment()) == plain
                && read.offset() >= plain.bytes.length
                && read.maxLength() > 0
                && !plain.sealed;
    }

    private void checkOpen() {
        Iterator<Asked> all = open.iterator();
        while (all.hasNext()) {
            Asked asked = all.next();
            SegmentReply reply = asked.answer.reply;
            if (reply != null) {
                all.remove();
                if (asked.command instanceof SegmentCommand.Read read) {
                    checkRead(read, asked.answer, reply, asked.plain);
                } else {
                    checkReply(asked, reply);
                }
            } else {
                assertThat(asked.answer.lost).as("%s", asked.command).isNull();
                boolean waits = asked.command instanceof SegmentCommand.Read read && mustWait(read, asked.plain);
                assertThat(waits || rig.log.unsynced() > 0)
                        .as("%s is unanswered", asked.command)
                        .isTrue();
            }
        }
    }

    private void checkReply(Asked asked, SegmentReply reply) {
        if (asked.expected instanceof SegmentReply.BadArgument) {
            assertThat(reply).isInstanceOf(SegmentReply.BadArgument.class);
            return;
        }
        assertThat(reply).as("%s", asked.command).isEqualTo(asked.expected);
        Plain plain = asked.plain;
        long length = 0;
        if (reply instanceof SegmentReply.Appended appended) {
            length = appended.length();
        } else if (asked.command instanceof SegmentCommand.AppendAt append && reply instanceof SegmentReply.Ok) {
            length = append.offset() + 1;
        }
        if (length > 0 && rig.log.unsynced() > 0 && plain != null) {
            Plain durable = durable().segments.get(asked.command.segment());
            boolean other = durable == null || durable.serial != plain.serial;
            assertThat(other || (durable != null && durable.bytes.length >= length))
                    .as("acknowledged before it is durable: %s", asked.command)
                    .isTrue();
        }
    }

    private void checkRead(SegmentCommand.Read read, Answer answer, SegmentReply reply, @Nullable Plain plain) {
        boolean ended = plain == null || model.segments.get(read.segment()) != plain;
        if (reply instanceof SegmentReply.NoSuchSegment) {
            assertThat(ended).isTrue();
            return;
        }
        if (reply instanceof SegmentReply.BadArgument) {
            assertThat(read.offset() < 0 || read.maxLength() < 1).isTrue();
            return;
        }
        assertThat(plain).isNotNull();
        if (plain == null) {
            return;
        }
        if (reply instanceof SegmentReply.Truncated truncated) {
            assertThat(read.offset()).isLessThan(plain.start);
            assertThat(truncated.startOffset()).isLessThanOrEqualTo(plain.start);
            return;
        }
        byte[] data = answer.data;
        assertThat(data).isNotNull();
        if (data == null) {
            return;
        }
        long end = read.offset() + data.length;
        assertThat(data.length).isLessThanOrEqualTo(Math.min(read.maxLength(), 2 << 20));
        assertThat(data.length > 0 || answer.endOfSegment())
                .as("an empty reply")
                .isTrue();
        if (answer.endOfSegment()) {
            assertThat(plain.sealed && end >= plain.bytes.length && data.length < read.maxLength())
                    .isTrue();
        }
        if (data.length > 0) {
            assertThat(Arrays.equals(data, Arrays.copyOfRange(plain.bytes, (int) read.offset(), (int) end)))
                    .isTrue();
        }
        Plain durable = durable().segments.get(read.segment());
        if (rig.log.unsynced() > 0 && !ended && durable != null && durable.serial == plain.serial) {
            assertThat(data.length == 0 || durable.bytes.length >= end)
                    .as("data was read before it was durable")
                    .isTrue();
            assertThat(durable.sealed || !answer.endOfSegment()).isTrue();
        }
    }

    /** Compares the whole state, as far as commands can see it. */
    private void checkEverything() {
        rig.resume();
        remember();
        checkOpen();
        long bytes = 0;
        for (int i = 0; i < NAMES; i++) {
            String name = "s" + i;
            Plain plain = model.segments.get(name);
            if (plain == null) {
                assertThat(rig.get(new SegmentCommand.GetInfo(name))).isEqualTo(new SegmentReply.NoSuchSegment(name));
                continue;
            }
            assertThat(rig.info(name))
                    .isEqualTo(new SegmentReply.Info(plain.sealed, plain.modified, plain.bytes.length, plain.start));
            for (UUID id : IDS) {
                assertThat(rig.attribute(name, id)).isEqualTo(Model.value(plain, id));
            }
            assertThat(rig.attribute(name, SERVER)).isEqualTo(Model.value(plain, SERVER));
            for (int kept = 0; kept < 5; kept++) {
                UUID id = new UUID(Long.MIN_VALUE, kept);
                assertThat(rig.attribute(name, id)).isEqualTo(Model.value(plain, id));
            }
            byte[] data = rig.readAll(name, plain.start, plain.bytes.length);
            assertThat(Arrays.equals(data, Arrays.copyOfRange(plain.bytes, plain.start, plain.bytes.length)))
                    .as("data of %s", name)
                    .isTrue();
            bytes += data.length;
        }
        assertThat(rig.machine.segmentCount()).isEqualTo(model.segments.size());
        assertThat(rig.machine.dataBytes()).isEqualTo(bytes);
        long waiting = open.stream()
                .filter(asked -> asked.command instanceof SegmentCommand.Read read && mustWait(read, asked.plain))
                .count();
        assertThat(rig.machine.waitingReads()).isEqualTo((int) waiting);
        assertThat(rig.machine.oldestFrame()).isGreaterThanOrEqualTo(rig.log.firstFrame());
    }
}
