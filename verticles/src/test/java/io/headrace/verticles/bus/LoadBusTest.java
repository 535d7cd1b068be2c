/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.segments.Load;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.headrace.engine.streams.StreamName;
import io.headrace.verticles.host.VertxLoop;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoadBusTest {
    private static final Load LOAD = new Load(2, 1, 2, 3, 4.5, 60_000, 1_000_000, false);
    private static final ReportLoad REPORT = new ReportLoad(new StreamName("s", "é"), 1L << 32 | 7, LOAD);

    private final Vertx vertx = Vertx.vertx();

    /** Scope {@code s} belongs to partition 1, all others to partition 0. */
    private final LoadBus bus = new LoadBus(vertx.eventBus(), scope -> scope.equals("s") ? 1 : 0);

    private final VertxLoop loop = new VertxLoop(vertx.getOrCreateContext());
    private final LoadReports reports = bus.reportsOf(loop);
    private final BlockingQueue<ReportLoad> received = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aReportReachesTheOwnerOfItsStream() throws InterruptedException {
        BlockingQueue<ReportLoad> others = new LinkedBlockingQueue<>();
        bus.listen(0, others::add);
        bus.listen(1, received::add);
        reports.report("s/a/7.#epoch.1", LOAD);
        assertThat(received.take()).isEqualTo(new ReportLoad(new StreamName("s", "a"), 1L << 32 | 7, LOAD));
        reports.report("t/a/0.#epoch.0", LOAD);
        assertThat(others.take().scope()).isEqualTo("t");
        assertThat(received).isEmpty();
    }

    @Test
    void aReportWithoutOwnerIsLost() throws Exception {
        reports.report("s/a/0.#epoch.0", LOAD);
        // Sent from the same loop, so after that report.
        loop.execute(() -> bus.listen(1, received::add));
        loop.execute(() -> reports.report("s/a/1.#epoch.0", LOAD));
        assertThat(received.take().segmentId()).isEqualTo(1);
    }

    @Test
    void whatBelongsToNoStreamIsNotReported() throws InterruptedException {
        bus.listen(1, received::add);
        reports.report("no segment of a stream", LOAD);
        reports.report("s/a/1.#epoch.0", LOAD);
        assertThat(received.take().segmentId()).isEqualTo(1);
    }

    @Test
    void theFormat() {
        LoadCodec codec = new LoadCodec();
        Buffer out = Buffer.buffer().appendByte((byte) 99);
        codec.encodeToWire(out, REPORT);
        assertThat(HexFormat.of().formatHex(out.getBytes()))
                .isEqualTo("63" + "01" + "0001" + "73" + "0002" + "c3a9" + "0000000100000007" + "00000002"
                        + "3ff0000000000000" + "4000000000000000" + "4008000000000000" + "4012000000000000"
                        + "000000000000ea60" + "00000000000f4240" + "00");
        assertThat(codec.decodeFromWire(1, out)).isEqualTo(REPORT);
        Load silent = Load.silence(1, 5, 6);
        Buffer second = Buffer.buffer();
        codec.encodeToWire(second, new ReportLoad(REPORT.stream(), 0, silent));
        assertThat(codec.decodeFromWire(0, second).load()).isEqualTo(silent);
    }

    @Test
    void anUnknownVersion() {
        assertThatThrownBy(
                        () -> new LoadCodec().decodeFromWire(0, Buffer.buffer().appendByte((byte) 2)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
