/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.state;

import io.headrace.engine.state.HeapBase;
import io.headrace.engine.state.LayeredState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** All rows of a state as one run of bytes, put together without the state's own way to read them. */
public final class Rows {
    private Rows() {}

    /** All rows of a base. */
    public static byte[] of(HeapBase rows) {
        ByteBuf image = Unpooled.buffer();
        rows.image(image);
        return ByteBufUtil.getBytes(image);
    }

    /** The base that {@link #of(HeapBase)} has read. */
    public static HeapBase base(byte[] image) {
        HeapBase rows = new HeapBase();
        HeapBase.read(Unpooled.wrappedBuffer(image), rows::put);
        return rows;
    }

    /**
     * All rows of a state with its layers, which lie on a {@link ForgetfulBase} or on nothing.
     *
     * @param state null for no rows
     */
    public static byte[] of(@Nullable LayeredState state) {
        if (state == null) {
            return new byte[0];
        }
        HeapBase all = state.base() instanceof ForgetfulBase base ? base(of(base.rows())) : new HeapBase();
        state.layers().forEach(all::write);
        return of(all);
    }
}
