/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at keys and changes them, one call at a time, mostly under conditions drawn from what it saw last. */
final class TableClient {
    private static final int MAX_DELAY_MICROS = 600;
    private static final int PACE_MICROS = 1_500;

    private final TablesWorld world;
    private final int number;

    /** The version of each key that this client knows of, be it old. */
    private final Map<String, Long> known = new TreeMap<>();

    private int values;
    private boolean busy;
    private boolean audited;

    TableClient(TablesWorld world, int number) {
        this.world = world;
        this.number = number;
    }

    void start() {
        world.simulation.after(world.random.nextInt(PACE_MICROS), this::act);
    }

    /** Whether it has nothing under way, and nothing more to do. */
    boolean isDone() {
        return world.isFinishing() && !busy && audited;
    }

    private void act() {
        if (isDone()) {
            return;
        }
        var owner = world.owner();
        if (!busy && owner != null) {
            String table = TablesWorld.TABLES.get(world.random.nextInt(TablesWorld.TABLES.size()));
            int group = world.random.nextInt(TablesWorld.GROUPS);
            if (world.isFinishing()) {
                audited = true;
                audit(owner);
            } else {
                send(owner, table, group, command(table, group));
            }
        }
        world.simulation.after(world.random.nextInt(PACE_MICROS), this::act);
    }

    /** Looks at everything once more. */
    private void audit(SimulatedPartition<SegmentCommand, SegmentReply>.Owner owner) {
        for (String table : TablesWorld.TABLES) {
            for (int group = 0; group < TablesWorld.GROUPS; group++) {
                List<ByteBuf> keys = new ArrayList<>();
                for (int key = 0; key < TablesWorld.KEYS; key++) {
                    keys.add(TablesWorld.key(group, key));
                }
                send(owner, table, group, new TableCommand.Get(keys));
            }
        }
    }

    private TableCommand command(String table, int group) {
        List<ByteBuf> keys = new ArrayList<>();
        int mask = 1 + world.random.nextInt((1 << TablesWorld.KEYS) - 1);
        for (int key = 0; key < TablesWorld.KEYS; key++) {
            if ((mask >> key & 1) == 1) {
                keys.add(TablesWorld.key(group, key));
            }
        }
        int kind = world.random.nextInt(100);
        if (kind < 30) {
            return new TableCommand.Get(keys);
        } else if (kind < 85) {
            List<TableEntry> entries = new ArrayList<>();
            keys.forEach(key -> entries.add(new TableEntry(key, condition(table, key), value())));
            return new TableCommand.Put(entries, TableCommand.ANY_LENGTH);
        }
        List<TableKey> removed = new ArrayList<>();
        keys.forEach(key -> removed.add(new TableKey(key, condition(table, key))));
        return new TableCommand.Remove(removed, TableCommand.ANY_LENGTH);
    }

    private long condition(String table, ByteBuf key) {
        if (world.random.nextInt(8) == 0) {
            return TableKey.ANY_VERSION;
        }
        return known.getOrDefault(name(table, key), TableKey.ABSENT);
    }

    private ByteBuf value() {
        String text = "c" + number + "-" + ++values + ":";
        int padding = world.random.nextInt(10) == 0 ? world.largeBytes : world.random.nextInt(20);
        return Unpooled.copiedBuffer(text + "x".repeat(padding), StandardCharsets.US_ASCII);
    }

    private static String name(String table, ByteBuf key) {
        return table + key.toString(StandardCharsets.US_ASCII);
    }

    private void send(
            SimulatedPartition<SegmentCommand, SegmentReply>.Owner owner,
            String table,
            int group,
            TableCommand command) {
        busy = true;
        long invoked = world.moment();
        later(() -> owner.submit(new SegmentCommand.OnTable(table, command), new ReplyTo<>() {
            @Override
            public void reply(SegmentReply reply) {
                later(() -> {
                    busy = false;
                    if (!(reply instanceof SegmentReply.OfTable of)) {
                        throw world.simulation.violation(command + " on " + table + " was answered with " + reply);
                    }
                    world.told(table, group, command, of.reply(), invoked);
                    learn(table, command, of.reply());
                });
            }

            @Override
            public void lost(String reason) {
                later(() -> {
                    busy = false;
                    world.lost(table, group, command, invoked);
                });
            }
        }));
    }

    private void learn(String table, TableCommand command, TableReply reply) {
        if (reply instanceof TableReply.Entries found) {
            found.entries().forEach(entry -> known.put(name(table, entry.key()), entry.version()));
        } else if (command instanceof TableCommand.Put put && reply instanceof TableReply.Stored stored) {
            for (int i = 0; i < put.entries().size(); i++) {
                known.put(
                        name(table, put.entries().get(i).key()),
                        stored.versions().get(i));
            }
        } else if (command instanceof TableCommand.Remove remove && reply instanceof TableReply.Removed) {
            remove.keys().forEach(key -> known.remove(name(table, key.key())));
        }
    }

    private void later(Runnable task) {
        world.simulation.after(world.random.nextInt(MAX_DELAY_MICROS), task);
    }
}
