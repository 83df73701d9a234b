// task: Resize a picture with sharp.
import sharp from 'sharp';

await sharp('photo.png').resize(100).toFile('small.png');
