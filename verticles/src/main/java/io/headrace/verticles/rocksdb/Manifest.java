/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.rocksdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What belongs to one checkpoint. Durable format, version 1, big-endian:
 *
 * <pre>
 * i32 magic "HRCP" | u8 version | i64 frame
 * file: the snapshot
 * i32 count | files: the table files of the database, which never change and may belong to other checkpoints, too
 * i32 count | the other files of the database, each: string name | i32 length | bytes
 * i32 CRC32C of all before
 *
 * file     string name | string chunk | i64 length | i32 CRC32C
 * string   u16 length | UTF-8
 * </pre>
 *
 * @param frame the last frame that the checkpoint contains
 * @param tables none, like {@code others}, if the state has no rows
 */
record Manifest(long frame, StoredFile snapshot, List<StoredFile> tables, Map<String, ByteBuf> others) {
    private static final int MAGIC = 0x48524350;
    private static final int VERSION = 1;
    private static final int CRC_BYTES = 4;
    private static final int SMALLEST_FILE_BYTES = 2 + 2 + 8 + 4;

    Manifest {
        tables = List.copyOf(tables);
        others = new TreeMap<>(others);
    }

    ByteBuf encode() {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(MAGIC).writeByte(VERSION).writeLong(frame);
        write(snapshot, out);
        out.writeInt(tables.size());
        tables.forEach(file -> write(file, out));
        out.writeInt(others.size());
        others.forEach((name, bytes) -> {
            write(name, out);
            out.writeInt(bytes.readableBytes()).writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        });
        return out.writeInt(checksum(out));
    }

    private static void write(StoredFile file, ByteBuf out) {
        write(file.name(), out);
        write(file.chunk(), out);
        out.writeLong(file.length()).writeInt(file.crc());
    }

    private static void write(String text, ByteBuf out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length).writeBytes(bytes);
    }

    /** @throws IllegalArgumentException if {@code in} is not an intact manifest of a version known here */
    static Manifest decode(ByteBuf in) {
        try {
            if (in.readInt() != MAGIC) {
                throw new IllegalArgumentException("it does not begin as a manifest does");
            }
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "its format version is " + version + ", this program knows " + VERSION);
            }
            int end = in.writerIndex() - CRC_BYTES;
            if (in.getInt(end) != checksum(in.slice(0, end))) {
                throw new IllegalArgumentException("its checksum does not match");
            }
            long frame = in.readLong();
            StoredFile snapshot = readFile(in);
            int tableCount = count(in.readInt(), SMALLEST_FILE_BYTES, in);
            List<StoredFile> tables = new ArrayList<>(tableCount);
            for (int i = 0; i < tableCount; i++) {
                tables.add(readFile(in));
            }
            Map<String, ByteBuf> others = new TreeMap<>();
            for (int left = count(in.readInt(), 2 + 4, in); left > 0; left--) {
                String name = readText(in);
                others.put(name, Unpooled.wrappedBuffer(readBytes(in.readInt(), in)));
            }
            return new Manifest(frame, snapshot, tables, others);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is too short", e);
        }
    }

    private static StoredFile readFile(ByteBuf in) {
        return new StoredFile(readText(in), readText(in), in.readLong(), in.readInt());
    }

    private static String readText(ByteBuf in) {
        return new String(readBytes(in.readUnsignedShort(), in), StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(int length, ByteBuf in) {
        byte[] bytes = new byte[count(length, 1, in)];
        in.readBytes(bytes);
        return bytes;
    }

    private static int count(int claimed, int bytesEach, ByteBuf in) {
        if (claimed < 0 || claimed > in.readableBytes() / bytesEach) {
            throw new IndexOutOfBoundsException(claimed + " things where " + in.readableBytes() + " bytes are left");
        }
        return claimed;
    }

    private static int checksum(ByteBuf bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBufUtil.getBytes(bytes));
        return (int) crc.getValue();
    }
}
