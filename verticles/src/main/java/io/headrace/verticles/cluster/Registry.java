/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

/**
 * Where the nodes of a cluster meet: who lives, and who has which partition. Everything that a node has written goes when its
 * session ends. Calls may be made from any thread, never block, and answer from any thread.
 *
 * <p>It says who should act, and nothing more: that an owner of old has no effect is the work of the logs, which fence it.
 */
public interface Registry {

    /** Told what happens, in order, from one thread at a time. */
    interface Listener {
        /** Something is different. Comes first when a session has begun, with all that is known by then. */
        void changed(ClusterView view);

        /** The session has ended, and with it everything that this node had. Another one is begun. */
        void sessionLost();
    }

    /** How a claim ended. */
    @FunctionalInterface
    interface Claimed {
        /**
         * It is known who has the partition.
         *
         * @param mine false if another node does, or that session has ended
         */
        void done(boolean mine);
    }

    /** Begins to tell. To be called once. */
    void listen(Listener listener);

    /** Says, now and whenever a session begins, that this node lives; or what is different with it. */
    void announce(NodeInfo node);

    /**
     * Takes a partition if no node has it.
     *
     * @param session that of the view which said so; nothing happens if it has ended
     */
    void claim(long session, String partition, Claimed claimed);

    /**
     * Gives back a partition.
     *
     * @param session in which it was claimed; nothing happens if that has ended
     */
    void release(long session, String partition, Runnable released);
}
