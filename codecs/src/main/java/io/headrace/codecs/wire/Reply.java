/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

/** The answer to a {@link Request} or to an append. */
public sealed interface Reply extends WireCommand
        permits AppendReply, SegmentReply, TableReply, FailureReply, AdminReply {

    /** That of the request; -1 if an old peer left it out. */
    long requestId();
}
