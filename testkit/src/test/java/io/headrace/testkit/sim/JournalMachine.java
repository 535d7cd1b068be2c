/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.sim;

import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.StateMachine;
import io.headrace.engine.partition.Turn;
import io.headrace.testkit.sim.JournalCommand.Add;
import io.headrace.testkit.sim.JournalCommand.Observe;
import io.headrace.testkit.sim.JournalCommand.ReadBack;
import io.headrace.testkit.sim.JournalCommand.Trim;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The smallest state machine that uses everything the kernel offers: batches of any size, state that depends on the order
 * of all records and on where they stand, payloads left in the log, observed time and randomness, background records.
 */
class JournalMachine implements StateMachine<JournalCommand, JournalReply> {
    private static final int PART = 1;
    private static final int TRIM = 2;
    private static final int NOTE = 3;
    private static final int PART_HEADER_BYTES = 20;

    private record Entry(int client, long operation, int part, long frame, int offset, int length) {}

    private final Consumer<String> violated;

    private long version;
    private long chain;
    private long firstVersion = 1;
    private final TreeMap<Integer, Long> lastOperations = new TreeMap<>();
    private final TreeMap<Long, Entry> entries = new TreeMap<>();

    // Volatile: not part of the snapshot.
    private final Map<Long, Long> chains = new TreeMap<>();
    private int partsMissing;
    private long notesLogged;

    JournalMachine(Consumer<String> violated) {
        this.violated = violated;
    }

    @Override
    public void execute(
            JournalCommand command, ReplyTo<? super JournalReply> replyTo, Turn<JournalCommand, JournalReply> turn) {
        whole();
        if (command instanceof Add add) {
            if (add.operation() == lastOperation(add.client()) + 1) {
                for (int part = 0; part < add.parts(); part++) {
                    turn.log(part(add, part));
                }
            }
            turn.reply(replyTo, state(add.client()));
        } else if (command instanceof Observe observe) {
            turn.reply(replyTo, state(observe.client()));
        } else if (command instanceof Trim trim) {
            turn.log(record(TRIM, 8, out -> out.writeLong(Math.min(trim.version(), version + 1))));
            turn.reply(replyTo, state(0));
        } else if (command instanceof ReadBack read) {
            read(read, replyTo, turn);
        }
        whole();
    }

    private void read(ReadBack read, ReplyTo<? super JournalReply> replyTo, Turn<JournalCommand, JournalReply> turn) {
        Entry entry = entries.get(read.version());
        if (entry == null) {
            turn.reply(replyTo, new JournalReply.Missing(read.version(), firstVersion));
            return;
        }
        ByteBuf frame = turn.frame(entry.frame);
        if (frame == null) {
            turn.executeWhenLoaded(entry.frame, read, replyTo);
        } else {
            ByteBuf payload = frame.retainedSlice(frame.readerIndex() + entry.offset, entry.length);
            turn.replyAfter(entry.frame, replyTo, new JournalReply.Payload(payload));
        }
    }

    private JournalReply state(int client) {
        return new JournalReply.State(version, chain, lastOperation(client));
    }

    /** The last operation of a client; 0 if it has none. */
    long lastOperation(int client) {
        return lastOperations.getOrDefault(client, 0L);
    }

    /** The digest after the record that made {@code version}; null if this machine has not seen it. */
    @Nullable
    Long chainAt(long version) {
        return chains.get(version);
    }

    /** Byte {@code index} of a payload. */
    static byte payload(int client, long operation, int part, int index) {
        return (byte) (client * 31L + operation * 7 + part * 3L + index);
    }

    private static LogRecord part(Add add, int part) {
        return record(PART, PART_HEADER_BYTES + add.partBytes(), out -> {
            out.writeInt(add.client());
            out.writeLong(add.operation());
            out.writeInt(part);
            out.writeInt(add.parts());
            byte[] payload = new byte[add.partBytes()];
            for (int i = 0; i < payload.length; i++) {
                payload[i] = payload(add.client(), add.operation(), part, i);
            }
            out.writeBytes(payload);
        });
    }

    @Override
    public void apply(int type, ByteBuf body, long frame, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(body.nioBuffer());
        version++;
        chain = ((chain * 31 + crc.getValue()) * 31 + frame) * 31 + offset;
        chains.put(version, chain);
        if (type == PART) {
            int client = body.readInt();
            long operation = body.readLong();
            int part = body.readInt();
            int parts = body.readInt();
            if (part == 0) {
                whole();
                if (operation != lastOperation(client) + 1) {
                    violated.accept(
                            "operation " + operation + " of client " + client + " follows " + lastOperation(client));
                }
                lastOperations.put(client, operation);
                partsMissing = parts;
            } else if (parts - partsMissing != part) {
                violated.accept("part " + part + " of " + parts + " came when " + partsMissing + " were missing");
            }
            partsMissing--;
            entries.put(
                    version,
                    new Entry(client, operation, part, frame, offset + PART_HEADER_BYTES, body.readableBytes()));
        } else if (type == TRIM) {
            firstVersion = Math.max(firstVersion, body.readLong());
            entries.headMap(firstVersion, false).clear();
        }
    }

    /** Forgets a client's last operation, as a mutant would. */
    final void forget(int client) {
        lastOperations.remove(client);
    }

    /** Nobody may ever see half of a batch. */
    final void whole() {
        if (partsMissing != 0) {
            violated.accept("half of a batch is visible: " + partsMissing + " parts are missing");
        }
    }

    @Override
    public void snapshot(ByteBuf out) {
        whole();
        out.writeByte(1);
        out.writeLong(version);
        out.writeLong(chain);
        out.writeLong(firstVersion);
        out.writeInt(lastOperations.size());
        lastOperations.forEach((client, operation) -> out.writeInt(client).writeLong(operation));
        out.writeInt(entries.size());
        entries.forEach((key, entry) -> {
            out.writeLong(key).writeInt(entry.client).writeLong(entry.operation).writeInt(entry.part);
            out.writeLong(entry.frame).writeInt(entry.offset).writeInt(entry.length);
        });
    }

    @Override
    public void restore(ByteBuf in) {
        in.readByte();
        version = in.readLong();
        chain = in.readLong();
        firstVersion = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            lastOperations.put(in.readInt(), in.readLong());
        }
        for (int left = in.readInt(); left > 0; left--) {
            entries.put(
                    in.readLong(),
                    new Entry(in.readInt(), in.readLong(), in.readInt(), in.readLong(), in.readInt(), in.readInt()));
        }
    }

    @Override
    public void recovered(Turn<JournalCommand, JournalReply> turn) {
        whole();
    }

    @Override
    public void tick(Turn<JournalCommand, JournalReply> turn) {
        if (turn.random().nextInt(8) == 0) {
            long now = turn.now();
            long drawn = turn.random().nextLong();
            turn.log(record(NOTE, 16, out -> out.writeLong(now).writeLong(drawn)));
            turn.afterCommit(() -> notesLogged++);
        }
    }

    @Override
    public long oldestFrame() {
        return entries.isEmpty() ? Long.MAX_VALUE : entries.firstEntry().getValue().frame;
    }

    @Override
    public void discard(JournalReply reply) {
        if (reply instanceof JournalReply.Payload payload) {
            payload.bytes().release();
        }
    }

    @Override
    public void lost(String reason) {}

    private static LogRecord record(int type, int size, Consumer<ByteBuf> body) {
        return new LogRecord() {
            @Override
            public int type() {
                return type;
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            public void write(ByteBuf out) {
                body.accept(out);
            }
        };
    }
}
