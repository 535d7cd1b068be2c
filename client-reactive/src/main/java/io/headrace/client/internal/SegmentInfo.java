/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal;

import io.headrace.client.NotFoundException;
import io.headrace.client.ProtocolException;
import io.headrace.codecs.wire.FailureReply.NoSuchSegment;
import io.headrace.codecs.wire.SegmentReply.StreamSegmentInfo;
import io.headrace.codecs.wire.SegmentRequest.GetStreamSegmentInfo;
import io.vertx.core.Future;

/** Asks a store how far a segment reaches. */
public final class SegmentInfo {
    private SegmentInfo() {}

    public static Future<StreamSegmentInfo> of(Resources resources, String segment) {
        return resources
                .stores()
                .request(segment, id -> new GetStreamSegmentInfo(id, segment, ""))
                .compose(reply -> {
                    if (reply instanceof StreamSegmentInfo info) {
                        return Future.succeededFuture(info);
                    }
                    return Future.failedFuture(
                            reply instanceof NoSuchSegment
                                    ? new NotFoundException("there is no segment " + segment)
                                    : new ProtocolException("the store answered " + reply + " about " + segment));
                });
    }
}
