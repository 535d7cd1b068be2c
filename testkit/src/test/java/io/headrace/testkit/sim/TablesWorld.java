/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.engine.tables.TableCommand;
import io.headrace.engine.tables.TableEntry;
import io.headrace.engine.tables.TableKey;
import io.headrace.engine.tables.TableReply;
import io.headrace.testkit.history.LinearizabilityChecker;
import io.headrace.testkit.history.Operation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the clients of the tables of one partition share: the tables, and the history of all that they were told. */
final class TablesWorld {
    static final List<String> TABLES = List.of("s/t_kvtable/0.#epoch.0", "_system/_tables/a");
    static final int GROUPS = 4;
    static final int KEYS = 3;

    final Simulation simulation;
    final RandomGenerator random;
    final SimulatedPartition<SegmentCommand, SegmentReply> partition;

    /** Bytes of a large value; three of them do not fit into a frame. */
    final int largeBytes;

    private final List<Operation<TableCommand, TableReply>> history = new ArrayList<>();
    private final Map<String, String> valuesByVersion = new TreeMap<>();
    private long moments;
    private boolean finishing;
    long unanswered;

    TablesWorld(Simulation simulation, SimulatedPartition<SegmentCommand, SegmentReply> partition) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.partition = partition;
        this.largeBytes = random.nextInt(4) == 0 ? 400_000 : 2_000;
    }

    static SegmentCommand creating(String table) {
        return new SegmentCommand.CreateTable(table, table.equals(TABLES.get(0)) ? 2 : 0, 0);
    }

    static ByteBuf key(int group, int number) {
        return Unpooled.copiedBuffer("" + (char) ('a' + group) + number, StandardCharsets.US_ASCII);
    }

    /** Clients end what they are at and begin nothing new. */
    void finish() {
        finishing = true;
    }

    boolean isFinishing() {
        return finishing;
    }

    /** An owner that serves, mostly the newest; null if there is none. */
    SimulatedPartition<SegmentCommand, SegmentReply>.@Nullable Owner owner() {
        var serving =
                partition.owners().stream().filter(owner -> owner.isServing()).toList();
        if (serving.isEmpty()) {
            return null;
        }
        boolean stale = !finishing && random.nextInt(4) == 0;
        return serving.get(stale ? random.nextInt(serving.size()) : serving.size() - 1);
    }

    /** Moments of one history are all different and in the order of what happens. */
    long moment() {
        return ++moments;
    }

    /** A call was answered. */
    void told(String table, int group, TableCommand command, TableReply reply, long invoked) {
        if (command instanceof TableCommand.Put put && reply instanceof TableReply.Stored stored) {
            for (int i = 0; i < put.entries().size(); i++) {
                version(table, put.entries().get(i), stored.versions().get(i));
            }
        } else if (reply instanceof TableReply.Entries found) {
            found.entries().stream()
                    .filter(entry -> entry.version() != TableKey.ABSENT)
                    .forEach(entry -> version(table, entry, entry.version()));
        } else if (reply instanceof TableReply.BadArgument bad) {
            throw simulation.violation(command + " was refused: " + bad.message());
        }
        history.add(new Operation<>(table + "/" + group, command, reply, invoked, moment()));
    }

    /** A call came to nothing that its caller knows of; a look at keys cannot have had an effect. */
    void lost(String table, int group, TableCommand command, long invoked) {
        if (!(command instanceof TableCommand.Get)) {
            unanswered++;
            history.add(new Operation<>(table + "/" + group, command, null, invoked, Operation.NEVER));
        }
    }

    /** A version belongs to one entry of the table, for all time. */
    private void version(String table, TableEntry entry, long version) {
        String text = entry.key().toString(StandardCharsets.US_ASCII) + "=" + TablePart.text(entry.value());
        String before = valuesByVersion.putIfAbsent(table + "@" + version, text);
        if (before != null && !before.equals(text)) {
            throw simulation.violation("version " + version + " of " + table + " is " + before + " and " + text);
        }
    }

    int size() {
        return history.size();
    }

    void judge() {
        String mistake = new LinearizabilityChecker<>(TablePart.MODEL).check(history);
        if (mistake != null) {
            throw simulation.violation(mistake);
        }
    }
}
