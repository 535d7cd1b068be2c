/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceException;
import io.headrace.client.SealedException;
import io.headrace.client.StreamName;
import io.headrace.client.StreamSegment;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.Segments;
import io.headrace.client.internal.control.StreamCalls.Successor;
import io.headrace.codecs.name.SegmentName;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** Where the events of a {@link StreamWriter} go: to the segments of a stream, or to those of a transaction beside them. */
interface Target {

    /** The segments to begin with; none if it takes nothing. */
    Future<List<StreamSegment>> segments();

    /** Full name of the segment with this id. */
    String nameOf(long segmentId);

    /** What takes over from a segment that takes nothing more; none if all has ended. */
    Future<List<StreamSegment>> successors(long segmentId);

    /** That it takes nothing more, as an error. */
    HeadraceException ended();

    static Target stream(Resources resources, StreamName stream) {
        return new Target() {
            @Override
            public Future<List<StreamSegment>> segments() {
                return resources.streams().currentSegments(stream);
            }

            @Override
            public String nameOf(long segmentId) {
                return SegmentName.of(stream.scope(), stream.name(), segmentId).qualified();
            }

            @Override
            public Future<List<StreamSegment>> successors(long segmentId) {
                return resources.streams().successors(stream, segmentId).map(all -> all.stream()
                        .map(Successor::segment)
                        .toList());
            }

            @Override
            public HeadraceException ended() {
                return new SealedException("the stream " + stream + " is sealed");
            }
        };
    }

    /** The one segment of a stream of bytes; {@link ConflictException} if the stream has more. What seals it is the end. */
    static Target bytes(Resources resources, StreamName stream) {
        Target whole = stream(resources, stream);
        return new Target() {
            @Override
            public Future<List<StreamSegment>> segments() {
                return Segments.single(resources, stream).map(List::of);
            }

            @Override
            public String nameOf(long segmentId) {
                return whole.nameOf(segmentId);
            }

            @Override
            public Future<List<StreamSegment>> successors(long segmentId) {
                return Future.succeededFuture(List.of());
            }

            @Override
            public HeadraceException ended() {
                return whole.ended();
            }
        };
    }

    /** Its segments follow from its epoch and do not change: what seals or deletes one is the end of the transaction. */
    static Target transaction(StreamName stream, UUID id, List<StreamSegment> segments) {
        return new Target() {
            @Override
            public Future<List<StreamSegment>> segments() {
                return Future.succeededFuture(segments);
            }

            @Override
            public String nameOf(long segmentId) {
                return SegmentName.transactionSegment(
                        SegmentName.of(stream.scope(), stream.name(), segmentId).qualified(), id);
            }

            @Override
            public Future<List<StreamSegment>> successors(long segmentId) {
                return Future.succeededFuture(List.of());
            }

            @Override
            public HeadraceException ended() {
                return new ConflictException("the transaction " + id + " of " + stream + " has ended");
            }
        };
    }
}
