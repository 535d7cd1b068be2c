/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.cluster.ClusterView;
import io.headrace.verticles.cluster.NodeInfo;
import io.headrace.verticles.cluster.Placement;
import io.headrace.verticles.cluster.Registry;
import io.headrace.verticles.cluster.Role;
import io.headrace.verticles.control.Directory;
import io.headrace.verticles.host.Partitions;
import io.headrace.verticles.net.Endpoint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest view of the cluster: says where everything is, and tells those who act on it. May be asked from any thread. When
 * the session is lost, commands go where they went before, since who is asked in vain says so; clients are told nothing, for
 * they would believe it, and ask here again.
 */
final class ClusterState implements Registry.Listener, Directory {
    private final Partitions<SegmentCommand, SegmentReply> segments;
    private final List<String> segmentsNames;
    private volatile ClusterView view = ClusterView.EMPTY;
    private volatile boolean current;
    private volatile Registry.@Nullable Listener next;

    ClusterState(Partitions<SegmentCommand, SegmentReply> segments, List<String> segmentsNames) {
        this.segments = segments;
        this.segmentsNames = segmentsNames;
    }

    /** Tells another one, too, from now on. */
    void tell(Registry.Listener listener) {
        next = listener;
    }

    ClusterView view() {
        return view;
    }

    /** Id of the node that has a partition; null if none that lives does. */
    @Nullable
    String ownerOf(String partition) {
        return view.ownerOf(partition).map(NodeInfo::id).orElse(null);
    }

    /** Where the event bus of a node is; null if it does not live. */
    @Nullable
    Endpoint busOf(String node) {
        NodeInfo found = view.nodes().get(node);
        return found == null ? null : found.bus();
    }

    @Override
    public void changed(ClusterView newView) {
        view = newView;
        current = true;
        Registry.Listener told = next;
        if (told != null) {
            told.changed(newView);
        }
    }

    @Override
    public void sessionLost() {
        current = false;
        Registry.Listener told = next;
        if (told != null) {
            told.sessionLost();
        }
    }

    @Override
    public List<Endpoint> controllers() {
        return view.nodesThatAre(Role.CONTROLLER).stream()
                .map(NodeInfo::controller)
                .sorted((one, other) -> one.toString().compareTo(other.toString()))
                .toList();
    }

    /** Without an owner, who is to be the next: a client that comes too early is sent away again, and asks again. */
    @Override
    public Optional<Endpoint> storeOf(String segment) {
        if (!current) {
            return Optional.empty(); // another controller is asked
        }
        ClusterView now = view;
        String partition = NodePartitions.segmentsName(segments.indexOf(segment));
        return now.ownerOf(partition).or(() -> nextOwner(now, partition)).map(NodeInfo::store);
    }

    private Optional<NodeInfo> nextOwner(ClusterView now, String partition) {
        return Optional.ofNullable(Placement.of(segmentsNames, now.nodesThatAre(Role.STORE))
                        .get(partition))
                .map(now.nodes()::get);
    }
}
