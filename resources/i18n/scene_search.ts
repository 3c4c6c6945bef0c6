<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>AddLayersDialog</name>
    <message>
        <location filename="../../plugin/gui/index/add_layers_dialog.py"/>
        <source>Add imagery to the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/add_layers_dialog.py"/>
        <source>Add to index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/add_layers_dialog.py"/>
        <source>Tick the imagery to add:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BuildProgress</name>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Looking through the imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>{0} tiles/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>{0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Indexing progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Stop indexing; the tiles so far stay searchable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Looking through the imagery…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/build_progress.py"/>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CacheGroup</name>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Thumbnails and snapshots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Cache Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>In the QGIS profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Emptying…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/cache_group.py"/>
        <source>Measuring…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EngineReach</name>
    <message>
        <location filename="../../plugin/layers/engine_reach.py"/>
        <source>made of sources that are not on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/engine_reach.py"/>
        <source>the search engine cannot read {format}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportHits</name>
    <message>
        <location filename="../../plugin/gui/results/export_hits.py"/>
        <source>the layer {layer} of {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/export_hits.py"/>
        <source>Choose a folder you can write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/export_hits.py"/>
        <source>{0} was not written: {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FilterBox</name>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Filters: dates, sensor, size of pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Taken on this day or later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Taken on this day or earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>any</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Part of the name of a satellite, constellation or camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Sensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Pixels of at least this size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Pixels of at most this size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source> m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/filter_box.py"/>
        <source>Filters: {0} set</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <location filename="../../plugin/gui/results/gallery.py"/>
        <source>Results</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitDelegate</name>
    <message>
        <location filename="../../plugin/gui/results/hit_delegate.py"/>
        <source>image gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hit_delegate.py"/>
        <source>Similarity {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hit_delegate.py"/>
        <source>Match {0}, similarity {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitMenu</name>
    <message>
        <location filename="../../plugin/gui/results/hit_menu.py"/>
        <source>Add {0} to the project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hit_menu.py"/>
        <source>Zoom to tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hit_menu.py"/>
        <source>Find similar to this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hit_menu.py"/>
        <source>Export all results…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitsLayer</name>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Rank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Similarity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Bits that differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Match</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Acquired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_layer.py"/>
        <source>Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/hits_style.py"/>
        <source>Rank {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HitsModel</name>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>Match {0}, read word by word against look-alikes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>The image file is not there any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>Result {0}, similarity {1}, {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>Result {0} · similarity {1} · {2} bits differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>Acquired {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/hits_model.py"/>
        <source>Scale {0}×</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImageryPicker</name>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Add a folder of images, or single images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Add folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Add images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>Not indexed, but regions drawn on this layer can be searched for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>“Update” takes in what has changed in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/imagery_picker.py"/>
        <source>{0} — already in the index</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImagesDialog</name>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Images of the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Locate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Remove from the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Remove missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>not finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Filter by name, folder or state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Find images again whose folder was moved or renamed; nothing is encoded anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Takes the selected images out; the files stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Takes out all images that were not found at the last update</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/images_dialog.py"/>
        <source>Selected: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexActions</name>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Open index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Index (*.gpkg);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Folder where the images are now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Remove images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Should a drive come back, its images must be indexed again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Coverage of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>The coverage is not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Remove what was not found at the last update ({0})?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>The files stay. Indexing them again takes its time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/actions.py"/>
        <source>Remove {images} with {tiles} from the index?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexCare</name>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>Reading the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>The images are not listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>Removing images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>Nothing was removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>The images were not located</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>Repairing the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>The index was not repaired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>What was missing is there again. “Update” takes it in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>No image was found again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>The index was repaired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>{images} removed, {tiles}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>All images are where they were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>{0} found again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>Locating images in {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/care.py"/>
        <source>{0} still not found. Look in another folder, or remove them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexController</name>
    <message>
        <location filename="../../plugin/gui/index/controller.py"/>
        <source>Reading the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/controller.py"/>
        <source>Indexing stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/controller.py"/>
        <source>Opening {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/controller.py"/>
        <source>Indexing into {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/controller.py"/>
        <source>{0} was not opened</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexFile</name>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>The name of the file is too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>Add the name of a file, such as index.gpkg</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>Give the whole path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>Choose a shorter one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>{0} is a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/index_file.py"/>
        <source>{0} does not say in which folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexPresenter</name>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>The tiles so far can be searched. “Update” goes on where it stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Install the encoder {0} again, or make a new index.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Indexed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>The index is up to date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Nothing could be indexed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Nothing had been indexed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Indexing stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>This index was made by another encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Show on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>This index was edited in another program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Why?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>(and {0} more)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/indexing.py"/>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexReport</name>
    <message>
        <location filename="../../plugin/gui/index/report.py"/>
        <source>{tiles} from {images} in {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report.py"/>
        <source>{0} tiles/s</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexReportDialog</name>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>{0} could not be indexed. Everything else is in the index. Once a file is mended, “Update” takes it in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>Indexing report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>Copy all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>Every image is in the index, as a whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>Every image is in the index, with these remarks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/report_dialog.py"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IndexSection</name>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Why?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>New index…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Open index…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Show coverage on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Images of the index…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Locate moved images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Remove missing images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Indexing report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Add imagery to the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Update: index what was added or changed, and notice what is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Locate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Remarks on the imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Add folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>Add layers of the project…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>{0} missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/section.py"/>
        <source>{0} left out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LikenessSlider</name>
    <message>
        <location filename="../../plugin/gui/search/likeness_slider.py"/>
        <source>Meaning rather than look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/likeness_slider.py"/>
        <source>How results should resemble the example. Look: the same place, colours and patterns, at other dates too. Meaning: the same kind of scene. Descriptions have a meaning only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/likeness_slider.py"/>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/likeness_slider.py"/>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NewIndexDialog</name>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>New index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Create index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>From a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Save the index as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Index (*.gpkg)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source> m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Side of a tile on the ground. Automatic takes 256 pixels of each image: set it to about the size of what you look for when images differ in resolution.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>The network that describes what a tile shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>How much neighbouring tiles share; more finds more and takes longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Tile size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Scales</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>This file exists. Open it instead to add imagery, or choose another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Folder of an encoder package</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Looking for encoders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Also index tiles of this multiple of the size, for larger scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Imagery to search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>The folder {0} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/index/new_index_dialog.py"/>
        <source>Will be saved as {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <location filename="../../plugin/gui/widgets/notice_bar.py"/>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Search engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Restart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Ends the engine; it starts with the next search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Copy Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Copies facts about this machine, for a bug report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Python Interpreter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Folder for the Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>In the QGIS profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>As pip is configured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Folder of Wheels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>None: download from the package index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Python</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Package index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Folder of wheels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Runs on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Looking at the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>The report is on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Set Up Again…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Set Up the Engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Automatic: the fastest that works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Any GPU on Windows (DirectML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Apple (Core ML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>Processor only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/options/page.py"/>
        <source>QGIS's own Python (or choose a Python {0})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <location filename="../../plugin/gui/map_tools/polygon_tool.py"/>
        <source>A polygon needs three corners that are not in one line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/map_tools/polygon_tool.py"/>
        <source>The polygon crosses itself: draw it without crossings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Processing</name>
    <message>
        <location filename="../../plugin/processing/algorithm.py"/>
        <source>Image retrieval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/algorithm.py"/>
        <source>Cancelled. What was written before is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Check index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Says what other programs have left wrong in an index, and mends it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>An index is a GeoPackage, which can be edited. Rows that were deleted from its tables leave tiles without an image, or images without tiles. Searches leave such tiles out; this says in words what is wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>&lt;b&gt;Repair&lt;/b&gt; puts all of it right, or on an error nothing. Tiles that are whole stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Faults found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Whether they were repaired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>Nothing is wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/check_index.py"/>
        <source>All of this was put right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{hours} h {minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{minutes} min {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{done:,} of {total:,} {unit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{done:,} {unit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{rate:,.0f} a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/feedback.py"/>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/hits_destination.py"/>
        <source>Choose another file, or a GeoPackage, which takes the hits as one more layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/hits_destination.py"/>
        <source>{file} holds {count} layers, which the hits would replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/hits_output.py"/>
        <source>The hits cannot be written: {reason}. Choose a file in a folder that you may write to and that has space left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Index imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Cuts imagery into tiles and makes them searchable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Cuts imagery into tiles on the ground, encodes what each looks like, and writes an index that the searches use. The images stay where they are; the index is a GeoPackage whose &lt;i&gt;tiles&lt;/i&gt; layer QGIS opens as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>On an index that exists, only what changed is done: new and modified images are indexed, the others are left alone. Cancelling keeps what was done; running again goes on from there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>An image that cannot be used (no coordinate system, truncated, nothing but nodata) is skipped, and the report says why. It also names values that were taken for nodata though the file does not declare them, such as a frame of 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>&lt;b&gt;Tile size&lt;/b&gt; is on the ground; left empty, each image's tiles are 256 of its pixels wide. &lt;b&gt;Scales&lt;/b&gt; such as &lt;code&gt;1,2,4&lt;/code&gt; add tiles twice and four times as large. Both are fixed when the index is made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Layers that are not files, such as web maps, and files that the engine has no driver for are rendered into GeoTIFFs in a folder beside the index, within &lt;b&gt;Area to render&lt;/b&gt; at &lt;b&gt;Pixel size&lt;/b&gt;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Nothing could be indexed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Nothing could be indexed: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>No imagery: choose a folder or raster layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>{count} images were found under another path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>{count} images are missing; their tiles are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>{count} images were removed from the index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Scales are whole numbers from 1 to 64, such as 1,2,4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>{tiles:,} tiles of {sources:,} images in {seconds:.1f} s ({provider})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>(and {count} more)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index.py"/>
        <source>Skipped {path}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Facts about an index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Says what an index holds, what it was made with, and what it can be asked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Writes a page with what an index holds: its tiles and images, the area that they cover, the encoder that made it and whether that is at hand, so that it can be searched. The index is left as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>A file that ends in &lt;code&gt;.json&lt;/code&gt; has the same for programs to go on with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Choose another file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Index {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Missing images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Tile size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Scales</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Bits of a code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Encoder's SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Encoder at hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Finds by description</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Re-ranks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Knows when, where and by what images were taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Facts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>HTML files (*.html);;JSON files (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>West, south, east, north (WGS 84)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>each image's own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>Fault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_facts.py"/>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Remove images that are not found any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Otherwise they are kept as missing, are left out of results, and are back with their files: a drive that is not connected looks just like files that were deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Folder of imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Raster layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Tile size (metres)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Scene Search index (*.gpkg)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Images skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Images that failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Tiles a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Execution provider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Overlap of tiles (share)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Area to render of layers that are not files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_parameters.py"/>
        <source>Pixel size of layers that are not files (metres)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Choose another file; the index itself is complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>{tiles:,} tiles of {sources:,} images in {seconds:.1f} s, {rate:,.0f} tiles a second on {provider}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/index_report.py"/>
        <source>No image was skipped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/layer_files.py"/>
        <source>Give a pixel size and an area to render under Advanced Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/layer_files.py"/>
        <source>{layer} is not a file, and its pixel size is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/layer_files.py"/>
        <source>Choose a place for the index that you may write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/layer_files.py"/>
        <source>Rendering {layer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/layer_files.py"/>
        <source>{folder} cannot be made: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Locate moved imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Finds the images of an index again after their folder was moved or renamed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Finds the images of an index again after their folder was moved or renamed. Images are recognised by their content, whatever they are called now; they keep their tiles, and nothing is encoded again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Images that are where they were are left alone, and so are files that the index does not know: index the folder to add those.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Folder where the images are now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Images found again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Images still not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>All images are where they were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Found {old} as {new}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/locate_imagery.py"/>
        <source>Still not found: {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/region_image.py"/>
        <source>Rendering {layer}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/regions.py"/>
        <source>More than {count} regions. Select the features that you want as examples and tick “Selected features only”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Remove imagery from an index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Takes images and their tiles out of an index; the files stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Takes images and their tiles out of an index. The image files themselves are never touched, and indexing them again brings them back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>&lt;b&gt;Images or folders&lt;/b&gt; are paths, one a line, of images that were indexed, whether they are still there or not; a folder stands for all below it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>&lt;b&gt;All that are missing&lt;/b&gt; removes what was not found when the index was last updated and is not there now. Images that were only moved are better located: then nothing is encoded again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Images or folders, one a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>All that are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Images removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Tiles removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Nothing to remove: give images or folders, or all that are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>No image is marked as missing. Indexing again notices which are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/remove_imagery.py"/>
        <source>Removed {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/report_file.py"/>
        <source>End the report in .html or .json</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/report_file.py"/>
        <source>{file} is there and is no report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/report_file.py"/>
        <source>The report {path} cannot be written: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_algorithm.py"/>
        <source>Hits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_algorithm.py"/>
        <source>Number of hits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_algorithm.py"/>
        <source>Score of the best hit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_algorithm.py"/>
        <source>Milliseconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_algorithm.py"/>
        <source>{count} hits in {milliseconds:.0f} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Search by image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Finds the tiles of an index that resemble an image file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Finds the tiles of an index that resemble an image, such as a cut-out or a screenshot, and writes their footprints with rank, score, Hamming distance, image and date, the best first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>The image needs no coordinates. The whole of it is taken as one example, so it should show about as much ground as a tile of the index.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Example image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Like {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_image.py"/>
        <source>Images (*.png *.jpg *.jpeg *.tif *.tiff *.jp2 *.bmp *.webp);;All files (*.*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Search by region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Finds the tiles of an index that resemble an area on an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Finds the tiles of an index that resemble what lies in a region, and writes their footprints with rank, score, Hamming distance, image and date, the best first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Give the region in any of four ways: a layer of polygons or points (its selected features, if you tick so), an area or a point picked on the map, or a geometry as WKT, such as &lt;code&gt;CRS=EPSG:4326;POINT(12.3 45.4)&lt;/code&gt;; WKT without a coordinate system is longitude and latitude. Several regions count as examples of the same thing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>&lt;b&gt;Image&lt;/b&gt; is the raster that the region lies on. Left empty, it is the indexed image under the region. A layer that is not a file, such as a web map, is rendered first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>A point, or a region smaller than a tile, stands for the tile around it; a larger region is covered by several tiles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Like the region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Like the regions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Regions (layer)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>…or an area on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>…or a point on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>Image that the region lies on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>No region: choose a layer of regions, an area or a point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>The geometry is not WKT. Write it as POINT(12.3 45.4), or with its coordinate system as CRS=EPSG:32633;POLYGON((x y, x y, x y, x y))</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>The regions are empty. Choose a layer with features, or draw an area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_region.py"/>
        <source>…or a geometry (WKT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>Search by text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>Finds the tiles of an index that fit a description.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>Finds the tiles of an index that fit a description, such as &lt;i&gt;white boats in a harbour&lt;/i&gt;, and writes their footprints with rank, score, Hamming distance, image and date, the best first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>A short English phrase that says what is to be seen from above works best. The index needs an encoder that understands text, as the default one does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>&lt;b&gt;Score&lt;/b&gt; is the cosine similarity of the text and the tile. Scores of texts are lower than those of regions; compare them within one search only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>&lt;b&gt;Re-rank&lt;/b&gt; reads the 128 tiles that fit best once more and compares each with every word of the text. It takes some seconds and an index whose encoder has a fusion part. &lt;b&gt;Match&lt;/b&gt; is then how sure the encoder is, from 0 to 1, that tile and text belong together and the tile is not merely like the one that is meant; good hits among many may have 0.3. Hits are in the order of match and score together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>What to look for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>Re-rank with the fusion part of the encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_by_text.py"/>
        <source>The description is empty. Describe the scene: ships in a harbour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Meaning rather than look (0 to 1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>1 finds the same kind of scene, 0 what looks the same, such as one place at other dates. Left empty, it is the encoder's own balance. It makes a difference where the index's encoder tells meaning from look.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Also in images that are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Images that were not found when the index was last updated, such as those on a drive that is not connected, are left out otherwise.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Same season, sensor and place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Prefers tiles taken in the same season, by the same sensor and near the same place as the example, or as the other filters say of a text. The index needs an encoder with a context part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Only within</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Acquired on or after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Acquired before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Pixels of at least (metres)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Pixels of at most (metres)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/search_parameters.py"/>
        <source>Sensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Train an encoder on indexed imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Has an encoder learn what tells the tiles of an index apart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Has an encoder learn from the tiles of an index, so that it tells your kind of imagery apart better than one that was trained on other imagery. It needs no classes or captions: two crops of one tile should look alike, two tiles should not (multi-level contrastive hashing, self-supervised). The encoder answers regions and images; it understands no text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>&lt;b&gt;Backbone&lt;/b&gt; is a folder with a pretrained image model to begin with: &lt;code&gt;config.json&lt;/code&gt; and &lt;code&gt;model.safetensors&lt;/code&gt;, as model sites offer them for download and the &lt;i&gt;transformers&lt;/i&gt; library saves them, such as MobileNetV2 or ViT. Nothing is downloaded here. The encoder that comes with the plugin cannot be the beginning: it holds no weights that can be trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Training takes PyTorch, several gigabytes that the engine does without. If it is missing, the log shows the one command that installs it. A graphics card of NVIDIA is used where there is one; without, begin with few tiles and epochs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Training runs in a process of its own. &lt;b&gt;Cancel&lt;/b&gt; ends it within a second and keeps finished epochs; running again with the same output folder goes on from there. The folder gets the encoder in &lt;i&gt;encoder&lt;/i&gt; and checkpoints, CSV and TensorBoard logs in &lt;i&gt;training&lt;/i&gt;. Index the imagery again, into a new index, with that encoder to use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Whether it is better on your imagery is for you to see: compare the hits of a few regions in both indexes before you replace the old one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Writing and checking the encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Backbone (folder of an image model)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Folder of the new encoder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Tiles learned from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Bits of the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Most tiles to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Quantise to 8 bits (smaller, faster on processors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>{tiles:,} tiles learned from. Index your imagery with the encoder in {folder} to use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>{folder} holds no image model. Choose a folder with config.json and model.safetensors, such as a downloaded MobileNetV2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/processing/train_encoder.py"/>
        <source>Going on with the training in {folder}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QuerySection</name>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Description to search for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Search (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Image…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Choose an image file to find tiles like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Re-rank word by word (slower)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Reads the 128 tiles that fit best once more and compares each with every word of the description, by the fusion part of the index's encoder. The order may get better; it takes up to some seconds more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Same season, sensor and place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Prefers tiles that were taken in the same season, by the same sensor and near the same place as the example. Leave it off to find what looks alike anywhere. A description takes season, sensor and resolution from the filters, and the place from the map view where only that is searched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Only in the map view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Leave out tiles that the map does not show now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Also in images that are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Find tiles of images that were not found when the index was last updated, such as those on a drive that is not connected. They have no pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source> results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>How many results to show at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Most results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Click a place on the map to find tiles like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Rectangle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Drag a rectangle on the map to find tiles like what is inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Polygon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Click the corners of an area, right-click to close it, to find tiles like what is inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Describe it: boats in a harbor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Plain English works best: “boats in a harbor”, “a runway with airplanes”, “dense houses with swimming pools”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>This index knows images only, not words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>The index was made by an encoder without a text part. Search by a region or an image, or make a new index with the default encoder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Stop searching</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>or show an example</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Click on the map. The square shows what is compared. Esc leaves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Drag across the map. Esc leaves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/query_section.py"/>
        <source>Click corners, right-click to close. Backspace takes one back, Esc leaves.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RasterSource</name>
    <message>
        <location filename="../../plugin/layers/raster_source.py"/>
        <source>the layer is not available</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/raster_source.py"/>
        <source>a service or virtual layer, not a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/raster_source.py"/>
        <source>a part of a container or an archive, not a file of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/raster_source.py"/>
        <source>not a local file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/raster_source.py"/>
        <source>its coordinate system was set in QGIS and is not in the file</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecoveryOffer</name>
    <message>
        <location filename="../../plugin/gui/results/recovery_offer.py"/>
        <source>Scene Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/recovery_offer.py"/>
        <source>Bring back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/recovery_offer.py"/>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/recovery_offer.py"/>
        <source>QGIS ended before the project was saved: {0} can be brought back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RectangleTool</name>
    <message>
        <location filename="../../plugin/gui/map_tools/rectangle_tool.py"/>
        <source>A rectangle needs two corners apart: drag across the map</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RequestMaker</name>
    <message>
        <location filename="../../plugin/gui/search/request_maker.py"/>
        <source>Like #{rank} of {answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/request_maker.py"/>
        <source>“{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/request_maker.py"/>
        <source>Region {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/request_maker.py"/>
        <source>Like {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultActions</name>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Zoom to all results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Export results…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>When a result is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Zoom to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Pan to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Leave the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Flash it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Images of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Add them to the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Export results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>The image was not added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>{file}, as the layer {layer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Replace {0}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>If it was moved, update the index with its new folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>The results were not exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>Remove all results from the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/actions.py"/>
        <source>{0} cannot be opened</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultNotices</name>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>The map does not show the images of these results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Add the images that results are found in?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Results of this project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Written to {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>{0} that you edited stay; remove them in the Layers panel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Removed {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Nothing was removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Add them, always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/result_notices.py"/>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultStore</name>
    <message>
        <location filename="../../plugin/layers/results/store.py"/>
        <source>See that the folder may be written and has space left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/results/store.py"/>
        <source>{0} cannot be written: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/results/store.py"/>
        <source>it is no GeoPackage</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultsKeeper</name>
    <message>
        <location filename="../../plugin/layers/results/keeper.py"/>
        <source>This result is in memory only and will be gone when QGIS closes. {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/results/keeper.py"/>
        <source>The results of this project are kept in your QGIS profile, because there can be no file beside the project. {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/results/keeper.py"/>
        <source>The project was saved, but its results could not be kept with it. {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultsMap</name>
    <message>
        <location filename="../../plugin/gui/results/results_map.py"/>
        <source>{0}: example</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultsSection</name>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Pick Point, Rectangle or Polygon and show on the map what you look for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Cards or rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Type what you look for, or pick Point, Rectangle or Polygon and show it on the map.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Find similar scenes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Searching…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Comparing with the words: {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Searching for {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Nothing in the map view: zoom out, or untick “Only in the map view”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Nothing passes the filters: widen or clear them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Nothing in the index resembles this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>{0} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>No results for {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/results/section.py"/>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SceneSearchDock</name>
    <message>
        <location filename="../../plugin/gui/dock/dock.py"/>
        <source>Scene Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/dock.py"/>
        <source>Set up the search engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/dock.py"/>
        <source>Scene Search works on this computer, offline, with an engine of its own. QGIS's Python stays as it is.

{0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/dock.py"/>
        <source>Set up…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SceneSearchEngineStatus</name>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>processor (CPU)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>GPU (DirectML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Apple (Core ML)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Being set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Ready, running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Ready; starts with the first search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Python {0}, ONNX Runtime {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>named by the environment variable {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/engine_status.py"/>
        <source>Runs on: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SceneSearchMessages</name>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>It starts again with the next search; what was indexed so far is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Unexpected error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>The search engine was killed ({0}), most likely because memory ran out. Close other programs or use fewer threads in Scene Search's options.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Engine not set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Setup failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Engine stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>Please report this with the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>The search engine crashed ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/engine_link/messages.py"/>
        <source>The search engine stopped ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SceneSearchPlugin</name>
    <message>
        <location filename="../../plugin/plugin.py"/>
        <source>Scene Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/plugin.py"/>
        <source>Find similar scenes in your imagery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/plugin.py"/>
        <source>Set Up the Engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/plugin.py"/>
        <source>Options…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/plugin.py"/>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SceneSearchText</name>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>1 tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>1 image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>1 result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>1 layer of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} layers of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} h {1} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} min {1} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/widgets/text.py"/>
        <source>{0} min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SearchController</name>
    <message>
        <location filename="../../plugin/gui/search/controller.py"/>
        <source>Searching for {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/controller.py"/>
        <source>Draw the region again, on a layer that is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/search/controller.py"/>
        <source>The layer {0} is no longer in the project</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SearchPresenter</name>
    <message>
        <location filename="../../plugin/gui/dock/searching.py"/>
        <source>Find tiles like an image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/searching.py"/>
        <source>{0} was not searched for</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupConsentPage</name>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Scene Search works in a Python environment of its own, so that nothing is installed into QGIS. It is set up once, and can be removed by deleting its folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Package index (PyPI), through QGIS's proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Folder of wheels, for machines without a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Folder of Wheels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Use the NVIDIA GPU (larger download)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Python Interpreter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Folder for the Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>In the QGIS profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>As pip is configured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Python</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>Package index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>QGIS's own Python (or choose a Python {0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>A Python environment with {0}, and what they need</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>About {0} on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/consent_page.py"/>
        <source>About {0} to download, {1} on disk</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupDialog</name>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Set Up Scene Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Set Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Try Again…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Not Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Setting up Scene Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>The engine is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Hide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/dialog.py"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupProgressPage</name>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>Copy Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>Setting up the search engine. You can go on working in QGIS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>The search engine is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>The search engine was not set up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/setup/progress_page.py"/>
        <source>It runs on: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Snapshot</name>
    <message>
        <location filename="../../plugin/layers/snapshot.py"/>
        <source>Free some disk space, or set another temporary folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot.py"/>
        <source>the picture of the region cannot be written to {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot_plan.py"/>
        <source>Draw a smaller region, or use an index with larger tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot_plan.py"/>
        <source>Draw it where the layer is, or choose another map projection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot_plan.py"/>
        <source>a picture of the region would take {width} × {height} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot_plan.py"/>
        <source>the region cannot be placed on {layer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/layers/snapshot_task.py"/>
        <source>Rendering {layer}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ThumbnailLoader</name>
    <message>
        <location filename="../../plugin/gui/results/thumbnail_loader.py"/>
        <source>Making thumbnails</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>Find similar scenes in your imagery: show one on the map, or describe it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>New index…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>Choose folders or layers; each image is looked through once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>Open index…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>Search imagery that is already indexed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../plugin/gui/dock/welcome_page.py"/>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
