/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.StreamName;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;

/**
 * The format of a load report: version, lengths and UTF-8 of scope and stream, segment, then the load's fields in their
 * order. To a receiver in the same process the report goes as it is.
 */
final class LoadCodec implements MessageCodec<ReportLoad, ReportLoad> {
    static final String NAME = "headrace.load";

    private static final byte VERSION = 1;

    @Override
    public void encodeToWire(Buffer out, ReportLoad report) {
        out.appendByte(VERSION);
        text(out, report.stream().scope());
        text(out, report.stream().stream());
        out.appendLong(report.segmentId());
        Load load = report.load();
        out.appendInt(load.scaleType());
        out.appendDouble(load.shortRate()).appendDouble(load.mediumRate());
        out.appendDouble(load.longRate()).appendDouble(load.longestRate());
        out.appendLong(load.ageMillis()).appendLong(load.atMillis());
        out.appendByte((byte) (load.silent() ? 1 : 0));
    }

    private static void text(Buffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.appendUnsignedShort(bytes.length).appendBytes(bytes);
    }

    @Override
    public ReportLoad decodeFromWire(int start, Buffer in) {
        Reader from = new Reader(in, start);
        byte version = from.int8();
        if (version != VERSION) {
            throw new IllegalArgumentException("a load report of version " + version + ", not " + VERSION);
        }
        StreamName stream = new StreamName(from.text(), from.text());
        return new ReportLoad(
                stream,
                from.int64(),
                new Load(
                        from.int32(),
                        from.float64(),
                        from.float64(),
                        from.float64(),
                        from.float64(),
                        from.int64(),
                        from.int64(),
                        from.int8() != 0));
    }

    private static final class Reader {
        private final Buffer in;
        private int at;

        Reader(Buffer in, int start) {
            this.in = in;
            this.at = start;
        }

        byte int8() {
            return in.getByte(at++);
        }

        int int32() {
            at += Integer.BYTES;
            return in.getInt(at - Integer.BYTES);
        }

        long int64() {
            at += Long.BYTES;
            return in.getLong(at - Long.BYTES);
        }

        double float64() {
            return Double.longBitsToDouble(int64());
        }

        String text() {
            int length = in.getUnsignedShort(at);
            at += Short.BYTES + length;
            return new String(in.getBytes(at - length, at), StandardCharsets.UTF_8);
        }
    }

    @Override
    public ReportLoad transform(ReportLoad report) {
        return report;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
