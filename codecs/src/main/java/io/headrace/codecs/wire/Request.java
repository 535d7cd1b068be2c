/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

/** A command that asks for exactly one reply, which repeats its {@link #requestId}. */
public sealed interface Request extends WireCommand
        permits AppendCommand.SetupAppend, SegmentRequest, TableRequest, AdminRequest {

    /** Chosen by the client; has no meaning to the server. */
    long requestId();

    /** The segment that the request is about (the target of a merge); empty if it is about none. */
    String segment();

    /** Proves what the caller may do; empty when authorisation is off. */
    String delegationToken();
}
