package dev.vpccni.node.fake;

import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A cluster that says what a test tells it to: at first nothing. */
public final class ScriptedCluster implements Cluster {

    private final List<Runnable> listeners = new ArrayList<>();
    private View view = Cluster.SILENT.view();

    /** Says that the node's ENIConfig is there, or why not. */
    public void config(InterfaceConfig changed) {
        change(new View(changed, view.schedulable(), view.bound()));
    }

    /** Says whether the node takes pods. */
    public void schedulable(boolean changed) {
        change(new View(view.config(), changed, view.bound()));
    }

    /** Says which pods are the node's. */
    public void bound(PodName... pods) {
        change(new View(view.config(), view.schedulable(), new TreeSet<>(List.of(pods))));
    }

    private void change(View changed) {
        view = changed;
        listeners.forEach(Runnable::run);
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
