/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.partition.PartitionOptions;
import io.headrace.engine.segments.Rig.Answer;
import io.headrace.engine.segments.TableModel.Plain;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands on tables, slow logs, checkpoints, crashes and hand-overs against a {@link TableModel}. Checked are
 * every reply, that nothing is answered which a crash could still take back, and after each change of owner all entries.
 */
class TableModelTest {
    private static final int STEPS = 1500;
    private static final String[] NAMES = {"s/fixed_kvtable/0", "s/fixed_kvtable/1", "_system/_tables/a", "b"};

    /** A command in work, with what the model answered and knew when it was executed. */
    private record Asked(
            SegmentCommand command,
            Answer answer,
            SegmentReply expected,
            @Nullable Plain plain,
            long length) {}

    private final TreeMap<Long, TableModel> history = new TreeMap<>();
    private final List<Asked> open = new ArrayList<>();
    private final Map<String, ByteBuf> tokens = new HashMap<>();
    private TableModel model = new TableModel();
    private Random random = new Random(0);
    private Rig rig = new Rig();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void doesWhatTheModelDoes(int seed) {
        random = new Random(seed);
        rig.close();
        rig = new Rig(new PartitionOptions(1024, 8 << 20, 2 << 20, 300_000, 200));
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
        int kind = random.nextInt(1000);
        if (kind < 5) {
            checkOpen();
            TableModel survivor = durable();
            rig.crash();
            restart(survivor);
        } else if (kind < 8) {
            rig.resume();
            checkOpen();
            rig.handOver();
            restart(model);
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
        } else {
            for (int commands = random.nextInt(4); commands >= 0; commands--) {
                submit(randomCommand());
            }
            rig.run();
        }
        assertThat(rig.lost).isNull();
        remember();
        checkOpen();
    }

    private void submit(SegmentCommand command) {
        Answer answer = new Answer();
        SegmentReply expected = model.execute(command);
        Plain plain = model.tables.get(command.segment());
        open.add(new Asked(command, answer, expected, plain, plain == null ? 0 : plain.length));
        rig.partition.submit(command, answer);
    }

    private SegmentCommand randomCommand() {
        String name = NAMES[random.nextInt(NAMES.length)];
        boolean fixed = name.contains("kvtable");
        Plain plain = model.tables.get(name);
        int kind = random.nextInt(plain == null ? 300 : 1000);
        if (kind < 30) {
            return new SegmentCommand.CreateTable(name, fixed ? 2 : 0, 0);
        } else if (kind < 34) {
            return new SegmentCommand.DeleteTable(name, random.nextBoolean());
        } else if (kind < 37) {
            return new SegmentCommand.Seal(name);
        } else if (kind < 400) {
            int count = random.nextInt(8) == 0 ? random.nextInt(300) : random.nextInt(4);
            List<TableEntry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ByteBuf key = key(fixed);
                entries.add(new TableEntry(key, condition(plain, key), value()));
            }
            return on(name, new TableCommand.Put(entries, expectedLength(plain)));
        } else if (kind < 600) {
            List<TableKey> keys = new ArrayList<>();
            for (int count = random.nextInt(5); count > 0; count--) {
                ByteBuf key = key(fixed);
                keys.add(new TableKey(key, condition(plain, key)));
            }
            return on(name, new TableCommand.Remove(keys, expectedLength(plain)));
        } else if (kind < 750) {
            List<ByteBuf> keys = new ArrayList<>();
            for (int count = random.nextInt(9); count > 0; count--) {
                keys.add(key(fixed));
            }
            return on(name, new TableCommand.Get(keys));
        } else if (kind < 900) {
            boolean withValues = random.nextBoolean();
            int limit = random.nextInt(20);
            ByteBuf none = Unpooled.EMPTY_BUFFER;
            if (!fixed) {
                ByteBuf token = random.nextInt(4) == 0 ? none : tokens.getOrDefault(name, none);
                return on(name, new TableCommand.ReadPage(withValues, token, none, none, limit));
            }
            ByteBuf from = random.nextInt(4) == 0 ? none : key(true);
            ByteBuf to = random.nextInt(4) == 0 ? none : key(true);
            return on(name, new TableCommand.ReadPage(withValues, none, from, to, limit));
        } else if (kind < 960) {
            long from = plain == null || plain.length == 0 ? 0 : random.nextLong(plain.length + 1);
            return on(name, new TableCommand.ReadChanges(from, 1 + random.nextInt(20)));
        }
        return on(name, new TableCommand.GetInfo());
    }

    private static SegmentCommand on(String name, TableCommand command) {
        return new SegmentCommand.OnTable(name, command);
    }

    private ByteBuf key(boolean fixed) {
        byte[] key = new byte[fixed ? 2 : 1 + random.nextInt(3)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(8) * 36);
        }
        return Unpooled.wrappedBuffer(key);
    }

    private ByteBuf value() {
        int kind = random.nextInt(600);
        int length = kind == 0 ? 1_040_000 : kind < 20 ? random.nextInt(50_000) : random.nextInt(30);
        byte[] value = new byte[length];
        random.nextBytes(value);
        return Unpooled.wrappedBuffer(value);
    }

    private long condition(@Nullable Plain plain, ByteBuf key) {
        TableEntry present = plain == null ? null : plain.entries.get(key);
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt(100);
            case 1 -> TableKey.ABSENT;
            case 2, 3, 4, 5 -> present == null ? TableKey.ABSENT : present.version();
            default -> TableKey.ANY_VERSION;
        };
    }

    private long expectedLength(@Nullable Plain plain) {
        int kind = random.nextInt(20);
        if (plain == null || kind > 2) {
            return TableCommand.ANY_LENGTH;
        }
        return kind == 0 ? plain.length + 1 : plain.length;
    }

    /** The state that a crash leaves if the log has frames up to now. */
    private void remember() {
        Long oldest = history.floorKey(rig.log.lastDurable());
        if (oldest != null) {
            history.headMap(oldest).clear();
        }
        history.put(rig.log.lastDurable() + rig.log.unsynced(), model.copy());
    }

    private TableModel durable() {
        return history.floorEntry(rig.log.lastDurable()).getValue();
    }

    private void restart(TableModel survivor) {
        for (Asked asked : open) {
            assertThat(asked.answer.lost).as("%s", asked.command).isNotNull();
        }
        open.clear();
        model = survivor.copy();
        history.clear();
        remember();
        checkEverything();
    }

    private void checkOpen() {
        Iterator<Asked> all = open.iterator();
        while (all.hasNext()) {
            Asked asked = all.next();
            SegmentReply reply = asked.answer.reply;
            if (reply != null) {
                all.remove();
                checkReply(asked, reply);
            } else {
                assertThat(asked.answer.lost).as("%s", asked.command).isNull();
                assertThat(rig.log.unsynced())
                        .as("%s is unanswered", asked.command)
                        .isPositive();
            }
        }
    }

    private void checkReply(Asked asked, SegmentReply reply) {
        SegmentReply plainReply = reply;
        if (reply instanceof SegmentReply.OfTable of && of.reply() instanceof TableReply.Page page) {
            tokens.put(asked.command.segment(), page.token());
            plainReply = new SegmentReply.OfTable(new TableReply.Page(page.entries(), Unpooled.EMPTY_BUFFER));
        }
        boolean otherTable = asked.command instanceof SegmentCommand.OnTable on
                && on.command() instanceof TableCommand.ReadPage read
                && read.token().isReadable()
                && isRefused(reply);
        if (!otherTable) {
            assertThat(plainReply.equals(asked.expected))
                    .as("%s was answered with %s, not %s", asked.command, reply, asked.expected)
                    .isTrue();
        }
        Plain plain = asked.plain;
        if (plain != null && rig.log.unsynced() > 0 && !isRefused(reply)) {
            Plain durable = durable().tables.get(asked.command.segment());
            assertThat(durable == null || durable.serial != plain.serial || durable.length >= asked.length)
                    .as("answered before it is durable: %s", asked.command)
                    .isTrue();
        }
    }

    /** A token of a table that was deleted since is refused, which the model does not know. */
    private static boolean isRefused(SegmentReply reply) {
        return reply instanceof SegmentReply.OfTable of && of.reply() instanceof TableReply.BadArgument;
    }

    /** Compares all entries. */
    private void checkEverything() {
        rig.resume();
        remember();
        checkOpen();
        for (String name : NAMES) {
            for (int round = 0; round < 2; round++) {
                submit(on(name, new TableCommand.GetInfo()));
                submit(on(
                        name,
                        new TableCommand.ReadPage(
                                true, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, 1000)));
            }
        }
        rig.run();
        checkOpen();
        assertThat(open).isEmpty();
        assertThat(rig.machine.segmentCount()).isEqualTo(model.tables.size());
        assertThat(rig.machine.oldestFrame()).isEqualTo(Long.MAX_VALUE);
    }
}
