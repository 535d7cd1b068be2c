/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import io.headrace.engine.partition.Loop;
import io.headrace.engine.segments.LoadReports;
import io.headrace.engine.streams.InternalCommand.ReportLoad;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Brings the loads that owners of segments report to the owners of their streams. At most once: a report that is lost, or
 * finds no owner, is made good by the next one.
 */
public final class LoadBus {
    private static final DeliveryOptions OPTIONS = new DeliveryOptions().setCodecName(LoadCodec.NAME);

    private final EventBus bus;
    private final ToIntFunction<String> partitionOf;

    /**
     * To be made once for each event bus.
     *
     * @param partitionOf number of the {@code streams} partition that has a scope
     */
    public LoadBus(EventBus bus, ToIntFunction<String> partitionOf) {
        this.bus = bus;
        this.partitionOf = partitionOf;
        bus.registerCodec(new LoadCodec());
    }

    private static String address(int partition) {
        return "streams-" + partition + ".loads";
    }

    /** Where the partition on this loop reports. A report is sent in a turn of its own, for who gets it may be here too. */
    public LoadReports reportsOf(Loop loop) {
        return (segment, load) -> ReportLoad.of(segment, load).ifPresent(report -> loop.execute(() -> send(report)));
    }

    private void send(ReportLoad report) {
        bus.send(address(partitionOf.applyAsInt(report.scope())), report, OPTIONS);
    }

    /**
     * Hands reports to the owner of a {@code streams} partition, until unregistered.
     *
     * @param owner called on any event loop
     */
    public MessageConsumer<ReportLoad> listen(int partition, Consumer<ReportLoad> owner) {
        return bus.consumer(address(partition), message -> owner.accept(message.body()));
    }
}
