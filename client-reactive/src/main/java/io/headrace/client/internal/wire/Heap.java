/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Memory for what is sent. */
public final class Heap {
    /** Of the heap, and so nobody needs to release it. */
    public static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    private Heap() {}
}
