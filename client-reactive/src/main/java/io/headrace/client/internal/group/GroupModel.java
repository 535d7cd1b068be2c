/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ProtocolException;
import io.headrace.client.Serializer;
import io.headrace.client.StateModel;
import io.headrace.client.StreamName;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.format.GroupRecordFormat;
import io.headrace.client.internal.group.GroupRecord.Replace;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.revision.SharedState;
import io.headrace.codecs.name.Names;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The state of a reader group as something that is shared by a stream. */
final class GroupModel implements StateModel<GroupState, GroupRecord> {
    private static final Serializer<GroupRecord> CHANGES = new Serializer<>() {
        @Override
        public byte[] serialize(GroupRecord change) {
            return GroupRecordFormat.toBytes(change);
        }

        @Override
        public GroupRecord deserialize(ByteBuffer bytes) {
            return GroupRecordFormat.fromBytes(Unpooled.wrappedBuffer(bytes));
        }
    };

    private static final Serializer<GroupState> STATES = new Serializer<>() {
        @Override
        public byte[] serialize(GroupState state) {
            return GroupRecordFormat.toBytes(new Replace(state));
        }

        @Override
        public GroupState deserialize(ByteBuffer bytes) {
            GroupRecord first = CHANGES.deserialize(bytes);
            if (first instanceof Start start) {
                return GroupState.of(start);
            }
            if (first instanceof Replace replace) {
                return replace.state();
            }
            throw new ProtocolException("a reader group cannot begin with " + first);
        }
    };

    /**
     * A copy of the state of a group.
     *
     * @param onRead is told what others changed
     */
    static SharedState<GroupState, GroupRecord> share(
            Resources resources, String scope, String group, Consumer<GroupRecord> onRead) {
        StreamName stream = new StreamName(scope, Names.readerGroupStream(group));
        return new SharedState<>(resources, stream, new GroupModel(), onRead);
    }

    @Override
    public GroupState apply(GroupState state, GroupRecord change) {
        return state.apply(change);
    }

    @Override
    public Serializer<GroupState> states() {
        return STATES;
    }

    @Override
    public Serializer<GroupRecord> changes() {
        return CHANGES;
    }
}
